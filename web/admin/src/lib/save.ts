import { intentionKey, ProblemError } from "@virtual-stores/api-client";
import { useRef, useState } from "react";

export interface Saving<I, O> {
  /** Does nothing while one is on its way: two clicks are one request. */
  save: (input: I) => Promise<O | undefined>;
  isSaving: boolean;
  /** Why the last one was refused. */
  problem: ProblemError | null;
  forget: () => void;
}

export interface SaveOptions<I, O> {
  /** Sends it; `key` names the intention, for requests that take an Idempotency-Key. */
  send: (input: I, key: string) => Promise<O>;
  done?: (output: O, input: I) => void | Promise<void>;
  refused?: (problem: ProblemError, input: I) => void;
}

/** One write: its progress, its refusal, and a key that stays the same until it succeeded. */
export function useSave<I = void, O = unknown>(options: SaveOptions<I, O>): Saving<I, O> {
  const running = useRef(false);
  const [key] = useState(intentionKey);
  const [isSaving, setSaving] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);

  async function save(input: I): Promise<O | undefined> {
    if (running.current) {
      return undefined;
    }
    running.current = true;
    setSaving(true);
    setProblem(null);
    try {
      const output = await options.send(input, key.of(input));
      key.done();
      await options.done?.(output, input);
      return output;
    } catch (error) {
      if (!(error instanceof ProblemError)) {
        throw error;
      }
      setProblem(error);
      options.refused?.(error, input);
      return undefined;
    } finally {
      running.current = false;
      setSaving(false);
    }
  }
  return { save, isSaving, problem, forget: () => setProblem(null) };
}
