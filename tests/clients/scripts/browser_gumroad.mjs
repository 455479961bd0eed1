// An app in a browser: each form of body that fetch can send, from an origin of its own.
import { readFileSync } from "node:fs";

const asked = JSON.parse(readFileSync(0, "utf8"));
const fields = { ...asked.fields, increment_uses_count: "false" };
const multipart = new FormData();
for (const [name, value] of Object.entries(fields)) multipart.append(name, value);
const json = { body: JSON.stringify(fields), headers: { "content-type": "application/json" } };
const questions = [
  ["", { body: new URLSearchParams(fields) }],
  ["", { body: multipart }],
  ["", json],
  [`?${new URLSearchParams(fields)}`, {}],
];
const results = [];
for (const [query, { body, headers }] of questions) {
  const origin = { origin: "https://app.example" };
  const sent = { method: "POST", body, headers: { ...headers, ...origin } };
  const answer = await fetch(asked.url + query, sent);
  const allowed = answer.headers.get("access-control-allow-origin");
  results.push([answer.status, allowed, (await answer.json()).success]);
}
console.log(JSON.stringify(results));
