import { describe, expect, it } from "vitest";
import { eventsOf, progressOf, type ServerEvent } from "./schema.ts";

async function read(...pieces: string[]): Promise<ServerEvent[]> {
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) {
        controller.enqueue(encoder.encode(piece));
      }
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of eventsOf(stream)) {
    events.push(event);
  }
  return events;
}

describe("server-sent events", () => {
  it("are read however they are cut", async () => {
    const events = await read(
      "retry: 2000\n\nid: 1\nevent: prog",
      'ress\ndata: {"a":1}\n',
      "\n: still here\n\nevent: end\ndata: x\n\n",
    );
    expect(events).toEqual([
      { name: "progress", data: '{"a":1}' },
      { name: "end", data: "x" },
    ]);
  });

  it("that were cut off are not told", async () => {
    expect(await read("event: end\ndata: half")).toEqual([]);
  });
});

describe("progress", () => {
  const count = (total: number, readSoFar: number) => ({
    total,
    read: readSoFar,
    applied: 0,
    unchanged: 0,
    failed: 0,
  });
  it("is unknown until the old shop tells its totals", () => {
    expect(progressOf([count(0, 5)])).toBeNull();
    expect(progressOf([count(100, 50), count(100, 120)])).toBe(75);
  });
});
