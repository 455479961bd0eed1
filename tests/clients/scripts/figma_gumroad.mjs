// The page of a Figma plugin. Its client knows one address only, so that its fetch is turned here.
import { readFileSync } from "node:fs";

const asked = JSON.parse(readFileSync(0, "utf8"));
const turned = (url) => url.replace("https://api.gumroad.com", asked.base);
globalThis.window = { fetch: (url, options) => fetch(turned(url), options) };
const { validateGumroadLicenseKeyUiAsync } = await import("@create-figma-plugin/utilities");
const results = [];
for (const licenseKey of asked.keys) {
  const productPermalink = asked.permalink;
  results.push(await validateGumroadLicenseKeyUiAsync({ licenseKey, productPermalink }));
}
console.log(JSON.stringify(results));
