import { readFileSync } from "node:fs";
import { activateLicense, deactivateLicense, validateLicense } from "@lemonsqueezy/lemonsqueezy.js";

const asked = JSON.parse(readFileSync(0, "utf8"));
// The client names its server by a constant.
const real = globalThis.fetch;
globalThis.fetch = (url, options) =>
  real(String(url).replace("https://api.lemonsqueezy.com", asked.url), options);

const made = await activateLicense(asked.key, "Ada's laptop");
const instance = made.data.instance.id;
const answers = {
  made,
  full: await activateLicense(asked.key, "another"),
  known: await validateLicense(asked.key, instance),
  bare: await validateLicense(asked.key),
  gone: await deactivateLicense(asked.key, instance),
  again: await validateLicense(asked.key, instance),
  unknown: await validateLicense("nope"),
};
const told = Object.entries(answers).map(([step, { statusCode, data, error }]) => [
  step,
  { status: statusCode, data, error: error && error.cause },
]);
console.log(JSON.stringify(Object.fromEntries(told)));
