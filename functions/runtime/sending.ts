import { KMSClient } from "@aws-sdk/client-kms";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AWS_CLIENT } from "../adapters/aws/client.ts";
import {
  cachingNumbers,
  cachingScopes,
  cachingSpend,
  cachingVerifications,
} from "../adapters/dynamodb/caching.ts";
import { dynamoNumbers } from "../adapters/dynamodb/numbers.ts";
import { dynamoScopes } from "../adapters/dynamodb/scopes.ts";
import { dynamoSendingSwitch } from "../adapters/dynamodb/sending-switch.ts";
import { dynamoSpend } from "../adapters/dynamodb/spend.ts";
import type { Table } from "../adapters/dynamodb/table.ts";
import { dynamoVerifications } from "../adapters/dynamodb/verifications.ts";
import { kmsKeys } from "../adapters/kms/keys.ts";
import { cryptoRandom } from "../adapters/node/random.ts";
import { secretReader } from "../adapters/secrets/secrets.ts";
import { reachingAsFarAs, twilioReachOf } from "../adapters/twilio/credentials.ts";
import { onlyTo } from "../adapters/twilio/recipients.ts";
import { sendersIn, twilioCredentialsFor, twilioSender } from "../adapters/twilio/sender.ts";
import { channelSettings } from "../verification/channels.ts";
import { offeredLocales } from "../verification/locale.ts";
import type { SpendTerms } from "../verification/spend.ts";
import { appIn } from "./apps.ts";
import { type Env, keyEpochOf } from "./environment.ts";
import { journal, logFault } from "./log.ts";
import { limitsOf, scopeTermsOf, spendTermsOf } from "./terms.ts";

/** The dependencies of the functions that send a code, by the app: all of a resend, and most of a start. Parts that the apps of a stage share are made once. */
export function sendingDeps(env: Env<"take-next-step">, table: Table) {
  const secrets = new SecretsManagerClient(AWS_CLIENT);
  const scopeTerms = scopeTermsOf(env);
  const spendTerms = spendTermsOf(env);
  const limits = limitsOf(env);
  const reach = twilioReachOf(env);
  const parse = twilioCredentialsFor(env);
  const credentials = secretReader(secrets, env.TWILIO_SECRET_ARN, (json) =>
    reachingAsFarAs(reach, parse(json)),
  );
  const shared = {
    verifications: cachingVerifications(dynamoVerifications(table), Date.now),
    numbers: cachingNumbers(dynamoNumbers(table, limits), Date.now, limits),
    scopes: cachingScopes(dynamoScopes(table), Date.now),
    spend: cachingSpend(dynamoSpend(table), Date.now),
    sendingSwitch: dynamoSendingSwitch(table, Date.now, spendTerms.shards),
    keys: kmsKeys(new KMSClient(AWS_CLIENT), {
      numbersKeyArn: env.NUMBERS_KEY_ARN,
      codesKeyArn: env.CODES_KEY_ARN,
    }),
    clock: Date.now,
    random: cryptoRandom,
    journal,
    logFault,
    channels: channelSettings(env),
    keyEpoch: keyEpochOf(env),
    limits,
    scopeTerms,
  };
  return (own: Env<"take-next-step">) => {
    const anyone = twilioSender({
      credentials,
      baseUrl: env.TWILIO_BASE_URL,
      senders: sendersIn(own),
      logFault,
    });
    return {
      ...shared,
      sender: reach === "listed" ? onlyTo({ credentials, logFault }, anyone) : anyone,
      brand: own.BRAND,
      locales: offeredLocales(own.LOCALES),
      androidAppHash: own.ANDROID_APP_HASH,
      spendTerms: { ...spendTerms, app: appCapOf(own, spendTerms) },
      app: appIn(own),
    };
  };
}

/** The cap of an app, where a stage has several: at most that of all. */
function appCapOf(
  { APP, APP_CAP }: Pick<Env<"take-next-step">, "APP" | "APP_CAP">,
  { total }: SpendTerms,
): SpendTerms["app"] {
  return APP === ""
    ? undefined
    : { name: APP, perDayMicros: Number(APP_CAP || total.perDayMicros) };
}
