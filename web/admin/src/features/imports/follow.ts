import { useEffect, useState } from "react";
import { queryClient } from "~/lib/queries.ts";
import { followImport, type ImportView, importQuery } from "./api.ts";
import { hasEnded } from "./schema.ts";

const AGAIN_AFTER_MS = 2_000;

/** Keeps an import's state as the stream tells it; true while the stream is lost and tried again. */
export function useFollowed(view: ImportView): boolean {
  const [isLost, setLost] = useState(false);
  const isOver = hasEnded(view.state);
  useEffect(() => {
    if (isOver) {
      return;
    }
    const leaving = new AbortController();
    follow(view.id, leaving.signal, setLost);
    return () => leaving.abort();
  }, [view.id, isOver]);
  return isLost && !isOver;
}

async function follow(id: string, signal: AbortSignal, onLost: (isLost: boolean) => void): Promise<void> {
  while (!signal.aborted) {
    const outcome = await followImport(id, signal).catch(() => "failed" as const);
    if (outcome === "ended") {
      onLost(false);
      await queryClient.invalidateQueries({ queryKey: ["imports"] });
      return;
    }
    if (signal.aborted) {
      return;
    }
    onLost(outcome === "failed");
    await queryClient.invalidateQueries({ queryKey: importQuery(id).queryKey });
    await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
  }
}
