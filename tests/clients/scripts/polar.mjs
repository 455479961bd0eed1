import { readFileSync } from "node:fs";

const asked = JSON.parse(readFileSync(0, "utf8"));
const old = asked.client.startsWith("polar-sdk-");

// Since 1.0 the client writes the names of the wire; before, it wrote its own.
const camel = (name) => name.replace(/_[a-z]/g, (found) => found[1].toUpperCase());
const snake = (name) => name.replace(/[A-Z]/g, (found) => "_" + found.toLowerCase());
const named = (change, value) =>
  value instanceof Date || value === null || typeof value !== "object"
    ? value
    : Array.isArray(value)
      ? value.map((one) => named(change, one))
      : Object.fromEntries(Object.entries(value).map(([name, one]) => [change(name), named(change, one)]));

const module = await import(asked.client);
const keys = old
  ? new module.Polar({ serverURL: asked.url }).customerPortal.licenseKeys
  : module.createPolar({ accessToken: "", baseUrl: asked.url }).customerPortal.licenseKeys;

async function ask(verb, fields) {
  const whole = { key: asked.key, organization_id: asked.organization, ...fields };
  try {
    const answer = await keys[verb](old ? named(camel, whole) : whole);
    return old ? named(snake, answer ?? null) : (answer ?? null);
  } catch (error) {
    return { refused: error.name, status: error.statusCode ?? error.status ?? null, message: String(error.message) };
  }
}

const conditions = { major: 1 };
const facts = { conditions, meta: { os: "macOS" } };
const made = await ask("activate", { label: "laptop", ...facts });
const activation = { activation_id: made.id };
const answers = {
  made,
  full: await ask("activate", { label: "another" }),
  known: await ask("validate", { ...activation, conditions }),
  bare: await ask("validate", {}),
  other: await ask("validate", { ...activation, conditions: { major: 2 } }),
  gone: await ask("deactivate", activation),
  again: await ask("deactivate", activation),
  unknown: await ask("validate", { key: "nope" }),
  wrong: await ask("validate", { organization_id: "acme" }),
};
console.log(JSON.stringify(answers));
