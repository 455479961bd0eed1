// An Electron app with electron-gumroad-license, which keeps its license in a folder.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const asked = JSON.parse(readFileSync(0, "utf8"));
const require = createRequire(`${process.cwd()}/`);
const electron = { app: { getPath: () => asked.folder } };
const Module = require("node:module");
const load = Module._load;
Module._load = (name, ...rest) => (name === "electron" ? electron : load(name, ...rest));

const { createLicenseManager, CheckStatus } = require(asked.client);
const manager = createLicenseManager(asked.product, {
  gumroadApiUrl: asked.url,
  disableEncryption: true,
  ...asked.options,
});
const results = [];
for (const [call, ...given] of asked.calls) {
  const { status, success, error, purchase, response } = await manager[call](...given);
  results.push({
    status: status === undefined ? null : CheckStatus[status],
    success,
    message: error?.message,
    purchase: purchase ?? response?.purchase,
    uses: response?.uses,
  });
}
console.log(JSON.stringify(results));
