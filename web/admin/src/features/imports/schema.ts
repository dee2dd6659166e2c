export interface ServerEvent {
  name: string;
  data: string;
}

/** Reads server-sent events as they arrive, however they are cut into pieces. */
export async function* eventsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let held = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      held += decoder.decode(value, { stream: true });
      const blocks = held.split("\n\n");
      held = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = eventOf(block);
        if (event) {
          yield event;
        }
      }
    }
  } finally {
    reader.releaseLock();
  }
}

/** Nothing for a comment, or for a block that only says when to come again. */
function eventOf(block: string): ServerEvent | null {
  let name = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) {
      name = line.slice(6).trim();
    } else if (line.startsWith("data:")) {
      data.push(line.slice(5).trimStart());
    }
  }
  return data.length === 0 ? null : { name, data: data.join("\n") };
}

export const RESOURCES = [
  "tags",
  "attributes",
  "taxes",
  "categories",
  "products",
  "reviews",
  "customers",
  "orders",
  "coupons",
  "shipping",
] as const;

export function hasEnded(state: string): boolean {
  return state === "completed" || state === "failed" || state === "stopped";
}

interface Count {
  total: number;
  read: number;
  applied: number;
  unchanged: number;
  failed: number;
}

/** How far the whole is, in per cent of what the old shop says there is; null before it says anything. */
export function progressOf(counts: readonly Count[]): number | null {
  const known = counts.filter((count) => count.total > 0);
  const total = known.reduce((sum, count) => sum + count.total, 0);
  const read = known.reduce((sum, count) => sum + Math.min(count.read, count.total), 0);
  return total === 0 ? null : Math.floor((read * 100) / total);
}
