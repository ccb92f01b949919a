import { globSync, readFileSync } from "node:fs";
import { createScanner } from "typescript/unstable/ast/scanner";
import { SyntaxKind } from "typescript/unstable/ast";
const src = readFileSync("test/docs/prose.ts","utf8").replace('createRequire(import.meta.url)("@textlint/textlint-plugin-markdown").default','{}').replace("function wordsIn","export function wordsIn").replace("function* tokensOf","export function* tokensOf");
import { writeFileSync } from "node:fs";
writeFileSync("zzp.mts", src);
const { tokensOf } = await import("./zzp.mts");
const files = globSync(["{functions,cli,infra,local,client,server,cdk,examples,evidence,test}/**/*.{ts,tsx,js}"],{exclude:(p)=>/node_modules|dist(\/|$)/.test(p)});
const P = process.argv[2] ? [new RegExp(process.argv[2],"i")] : [/\b(?:somebody|anybody|everybody|everyone|nobody|whoever)\b/i,/\b(?:handles?|manages?|processes)\b/i,/\b(?:knows?|asks?|asked|thinks?|wants?|remembers?|forgets?|believes?)\b/i,/\b(?:hears|says|tells|told|said|heard)\b/i,/\b(?:lies|lives|speaks|sees|bears|stands)\b/i,/(?:^|[.!?:;] )what (?:is|was|are|it|a|the)\b/i, /\b(?:he|his|him)\b/i,/\b(?:worlds?|ways?|front|hopeless|worthless|nonsense)\b/i,/\b(?:e\.g\.|i\.e\.|etc\.|cfg|ctx|req\b|res\b|msg|impl|tmp)\b/i];
const isTest = (f:string)=>f.startsWith("test/");
const counts:any={};
for (const f of files) for (const t of tokensOf(readFileSync(f,"utf8"))) {
  const kind = t.kind===SyntaxKind.SingleLineCommentTrivia||t.kind===SyntaxKind.MultiLineCommentTrivia?"comment":[SyntaxKind.StringLiteral,SyntaxKind.NoSubstitutionTemplateLiteral,SyntaxKind.TemplateHead,SyntaxKind.TemplateMiddle,SyntaxKind.TemplateTail].includes(t.kind)?"string":null;
  if(!kind) continue;
  for (const p of P) if (p.test(t.text)) { const k=(isTest(f)?"test-":"")+kind+" "+p.source; (counts[k]??=[]).push(f+": "+t.text.replace(/\s+/g," ").slice(0,200)); }
}
for (const k of Object.keys(counts).sort()) { console.log(counts[k].length, k); if (process.argv[3]) for (const x of counts[k]) if (k.startsWith(process.argv[3])) console.log("   ",x); }
