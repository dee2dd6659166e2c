import { useDebouncedCallback } from "@mantine/hooks";
import { type ChangeEvent, useEffect, useState } from "react";

const PAUSE_MS = 300;

/** A search field whose text goes to the address after a pause, and follows it when that changes. */
export function useTypedSearch(current: string | undefined, search: (text: string | undefined) => void) {
  const [text, setText] = useState(current ?? "");
  const later = useDebouncedCallback((next: string) => search(next.trim() || undefined), PAUSE_MS);
  useEffect(() => setText(current ?? ""), [current]);
  return {
    value: text,
    onChange: (event: ChangeEvent<HTMLInputElement>) => {
      setText(event.currentTarget.value);
      later(event.currentTarget.value);
    },
  };
}
