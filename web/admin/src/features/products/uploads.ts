import { ProblemError } from "@virtual-stores/api-client";
import { useState } from "react";
import { queryClient } from "~/lib/queries.ts";
import { mediaQuery, uploadImage } from "./api.ts";

/** Uploads files one after the other, in the order they were dropped. */
export function useUploads(onReady: (media: string) => void) {
  const [waiting, setWaiting] = useState(0);
  const [isRejected, setRejected] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);

  async function add(files: File[]): Promise<void> {
    setRejected(false);
    setProblem(null);
    setWaiting((count) => count + files.length);
    for (const file of files) {
      try {
        const media = await uploadImage(file, crypto.randomUUID());
        queryClient.setQueryData(mediaQuery(media.id).queryKey, media);
        onReady(media.id);
      } catch (error) {
        if (!(error instanceof ProblemError)) {
          throw error;
        }
        setProblem(error);
      } finally {
        setWaiting((count) => count - 1);
      }
    }
  }
  return { add, reject: () => setRejected(true), isRejected, isBusy: waiting > 0, problem };
}
