import { readFileSync } from "node:fs";

const asked = JSON.parse(readFileSync(0, "utf8"));
const found = asked.names.map((name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`)));
console.log(JSON.stringify(found.map((one) => one.version)));
