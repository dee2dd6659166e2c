import { useIsFetching } from "@tanstack/react-query";
import { type ComponentType, useEffect, useState } from "react";

const QUIET_MS = 1_000;

/**
 * A part of a page that is fetched when somebody wishes for it; `wish` grows with each wish. When the network refuses
 * it, nothing else on the page suffers, and the next wish asks again where the browser lets it.
 */
export function useLater<P>(
  wish: number,
  load: () => Promise<{ default: ComponentType<P> }>,
): ComponentType<P> | null {
  const [Part, setPart] = useState<ComponentType<P> | null>(null);
  useEffect(() => {
    if (wish > 0) {
      load().then(
        (loaded) => setPart(() => loaded.default),
        () => undefined,
      );
    }
  }, [wish, load]);
  return Part;
}

/** How often a page had all that it asked for and nobody waited: the time for what the first look does not need. */
export function useQuietMoments(): number {
  const isBusy = useIsFetching() > 0;
  const [count, setCount] = useState(0);
  useEffect(() => {
    if (isBusy) {
      return undefined;
    }
    const timer = setTimeout(() => setCount((before) => before + 1), QUIET_MS);
    return () => clearTimeout(timer);
  }, [isBusy]);
  return count;
}
