export async function evidence(
  seeds: readonly number[],
  { now, progress }: { readonly now: Date; readonly progress: (line: string) => void },
): Promise<string> {
  progress(String(seeds));
  return now.toISOString();
}
