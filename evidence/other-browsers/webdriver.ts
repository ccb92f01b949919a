import { type ChildProcess, spawn } from "node:child_process";

/** How one engine is started: its driver, and what the driver needs to start the browser without a screen. */
export type Engine = {
  readonly name: string;
  readonly driver: string;
  readonly driverArguments: (port: number) => readonly string[];
  readonly capabilities: object;
};

/** One page of one browser. What a command of the W3C WebDriver standard refuses is thrown. */
export type Page = {
  readonly browser: string;
  readonly open: (address: string) => Promise<void>;
  readonly back: () => Promise<void>;
  /** The result of a function body in the page. */
  readonly run: (script: string) => Promise<unknown>;
  /** Types with the keyboard into what has the focus; `\uE007` is Enter (§17.4.2). */
  readonly type: (keys: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Starts a browser by its driver (https://www.w3.org/TR/webdriver2/). */
export async function openBrowser(engine: Engine, port: number): Promise<Page> {
  const driver = spawn(engine.driver, engine.driverArguments(port), {
    stdio: "ignore",
    detached: true,
  });
  // A driver has children of its own, and its group ends with it.
  const stop = (): void => {
    if (driver.pid !== undefined) process.kill(-driver.pid);
  };
  try {
    const base = `http://127.0.0.1:${port}`;
    await untilReady(driver, base);
    const body = { capabilities: { alwaysMatch: engine.capabilities } };
    const { sessionId, capabilities } = Object(await command(`${base}/session`, body));
    const session = `${base}/session/${sessionId}`;
    return {
      browser: `${capabilities.browserName} ${capabilities.browserVersion}`,
      open: async (url) => void (await command(`${session}/url`, { url })),
      back: async () => void (await command(`${session}/back`, {})),
      run: (script) => command(`${session}/execute/sync`, { script, args: [] }),
      type: async (keys) => void (await command(`${session}/actions`, pressed(keys))),
      close: async () => {
        await command(session, undefined, "DELETE");
        stop();
      },
    };
  } catch (fault) {
    stop();
    throw fault;
  }
}

async function untilReady(driver: ChildProcess, base: string): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    driver.on("error", reject);
    driver.on("exit", () => reject(new Error("the driver ended")));
  });
  const isReady = async (): Promise<void> => {
    const status = await fetch(`${base}/status`).catch(() => undefined);
    if (status?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return isReady();
  };
  failed.catch(() => undefined);
  await Promise.race([isReady(), failed]);
}

async function command(url: string, body?: object, method = "POST"): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  const { value } = Object(await response.json());
  if (!response.ok) throw new Error(`${method} ${url}: ${JSON.stringify(value).slice(0, 300)}`);
  return value;
}

function pressed(keys: string): object {
  const actions = [...keys].flatMap((value) => [
    { type: "keyDown", value },
    { type: "keyUp", value },
  ]);
  return { actions: [{ type: "key", id: "keyboard", actions }] };
}
