import { useIsFetching } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLater } from "~/lib/later.ts";

const QUIET_MS = 1_000;
const loadNotices = () => import("./notices.tsx");

/** Passing messages. Those that come before what shows them was fetched wait for it. */
export function Messages() {
  const Notices = useLater(useQuietMoments(), loadNotices);
  return Notices && <Notices />;
}

/** How often a page had all that it asked for, and nobody waited. */
function useQuietMoments(): number {
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
