import { type ComponentType, useEffect, useState } from "react";

/**
 * A part of a page that is fetched when somebody wishes for it; `wish` grows with each wish. What the network
 * refused is asked for again by the next one, and nothing else on the page suffers.
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
