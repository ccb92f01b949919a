import { type Ground, startGround } from "../integrations/ground.ts";
import { golangJwt, jose, NIMBUS, nimbus, pyJwt } from "../integrations/languages.ts";
import type { Judge } from "./judge.ts";

const LIBRARIES = { jose, PyJWT: pyJwt, "golang-jwt": golangJwt, nimbus } as const;

export const proofs: Judge = {
  name: "JWT libraries",
  packages: ["jose", "pyjwt", `nimbus-jose-jwt ${NIMBUS}`],
  subject:
    "four libraries of `npm run integrate`, PyJWT and golang-jwt as the examples name them: each takes a proof of the local system, and none that is changed, expired, or for another audience, purpose or nonce",
  fault: {
    what: "a proof whose signature is another's",
    finding: /jose: .*PyJWT: .*golang-jwt: .*nimbus: /s,
  },
  run: async (isPlanted) => {
    const own = await startGround();
    const prove: Ground["prove"] = async (...asked) => {
      const [head, claims, signature = ""] = (await own.prove(...asked)).split(".");
      return [head, claims, [...signature].reverse().join("")].join(".");
    };
    const ground = isPlanted ? { ...own, prove } : own;
    const findings: string[] = [];
    for (const [name, check] of Object.entries(LIBRARIES))
      await check(ground).catch((fault: unknown) => findings.push(`${name}: ${fault}`));
    await own.stop();
    const all = isPlanted ? [findings.join("\n")] : findings;
    return { extent: Object.keys(LIBRARIES).join(", "), findings: all };
  },
};
