// Calls the functions of docs/apps/node.md: a line of JSON in, a line of JSON out.
const withKept = async (call, [shop, kept, ...given]) => [await call(shop, kept, ...given), kept];
const calls = {
  are_well_formed: (given) => given.map(isWellFormed),
  read_license: (given) => readLicense(...given),
  read_revocations: (given) => readRevocations(...given),
  newest_revocations: (given) => newestRevocations(...given),
  is_revoked: (given) => isRevoked(...given),
  read_answer: (given) => readAnswer(...given),
  newest_keys: (given) => newestKeys(...given),
  first_kept: (given) => firstKept(...given),
  fetch: async (given) => (await fetchText(...given))[0],
  ask: async (given) => (await ask(...given))[0],
  check: (given) => withKept(check, given),
  refresh_revocations: (given) => withKept(refreshRevocations, given),
  offline: (given) => offline(...given),
  licensed: (given) => licensed(...given),
};
const { createInterface } = await import("node:readline");
for await (const line of createInterface({ input: process.stdin })) {
  const [call, given] = JSON.parse(line);
  try {
    console.log(JSON.stringify({ given: (await calls[call](given)) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ refused: String(error) }));
  }
}
