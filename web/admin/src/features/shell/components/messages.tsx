import { useLater, useQuietMoments } from "~/lib/later.ts";

const loadNotices = () => import("./notices.tsx");

/** Passing messages. Those that come before what shows them was fetched wait for it. */
export function Messages() {
  const Notices = useLater(useQuietMoments(), loadNotices);
  return Notices && <Notices />;
}
