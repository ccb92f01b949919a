import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { freePort, localUrl } from "../listening.ts";
import { obtainEmulator, run } from "./emulator-download.ts";

/** A first start on a slow machine takes 11 s. */
const LONGEST_START_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 50;

/** Whether AWS's own emulator can run here: true, or the reason why not. */
export async function dynamodbLocalAvailable(): Promise<true | string> {
  try {
    await run("java", ["-version"]);
  } catch {
    return "DynamoDB Local needs Java 17 or newer, and there is no `java` on the path";
  }
  try {
    await obtainEmulator();
    return true;
  } catch (fault) {
    return `DynamoDB Local could not be fetched: ${fault instanceof Error ? fault.message : String(fault)}`;
  }
}

/** AWS's own emulator, in memory or in a folder. It also has transactions, TTL and the item of a refused write. */
export async function startDynamodbLocal(
  kept?: string,
): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  const available = await dynamodbLocalAvailable();
  if (available !== true) throw new Error(available);
  const folder = await obtainEmulator();
  const port = await freePort();
  if (kept !== undefined) await mkdir(kept, { recursive: true });
  const child = spawn(
    "java",
    // One database for all regions and access keys, and no telemetry.
    [
      // It lives for minutes: compiling its code for speed takes longer than that saves.
      ...["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"],
      "-Djava.library.path=DynamoDBLocal_lib",
      "-jar",
      "DynamoDBLocal.jar",
      ...(kept === undefined ? ["-inMemory"] : ["-dbPath", kept]),
      "-sharedDb",
      "-disableTelemetry",
      "-port",
      String(port),
    ],
    { cwd: folder, stdio: "ignore" },
  );
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  await answering(child, localUrl(port));
  return {
    endpoint: localUrl(port),
    stop: async () => {
      process.off("exit", kill);
      await ended(child);
    },
  };
}

async function answering(child: ChildProcess, endpoint: string): Promise<void> {
  const deadline = Date.now() + LONGEST_START_MILLISECONDS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null)
      throw new Error(`DynamoDB Local ended at once, with exit code ${child.exitCode}`);
    const isUp = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await delay(POLL_MILLISECONDS);
  }
  await ended(child);
  throw new Error(`DynamoDB Local did not answer within ${LONGEST_START_MILLISECONDS / 1_000} s`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}
