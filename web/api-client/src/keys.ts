/**
 * Names one intention for `Idempotency-Key`: the same body sent again, after a lost answer or a second
 * click, has the same name; another body, or the next time after a success, has a new one.
 */
export function intentionKey(): { of: (body: unknown) => string; done: () => void } {
  let held: { body: string; key: string } | null = null;
  return {
    of: (body) => {
      const text = JSON.stringify(body) ?? "";
      if (held?.body !== text) {
        held = { body: text, key: crypto.randomUUID() };
      }
      return held.key;
    },
    done: () => {
      held = null;
    },
  };
}
