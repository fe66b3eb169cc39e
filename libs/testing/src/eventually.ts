/**
 * Calls `assertion` until it no longer throws, and returns its value.
 * @throws the last failure when `timeoutMs` has passed
 */
export async function eventually<Value>(assertion: () => Promise<Value> | Value, timeoutMs = 10_000): Promise<Value> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
