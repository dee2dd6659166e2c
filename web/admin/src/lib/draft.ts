import { type ProblemError, pointerMap } from "@virtual-stores/api-client";
import { type ChangeEvent, useCallback, useMemo, useState } from "react";

export type FieldErrors = Record<string, string>;

/** What is being typed. It survives a refused save, and knows whether anything would be lost. */
export interface Draft<T extends object> {
  values: T;
  errors: FieldErrors;
  isDirty: boolean;
  patch: (part: Partial<T>) => void;
  /** Changes something deep within: only the errors at these pointers go. */
  patchWithin: (part: Partial<T>, names: string[]) => void;
  /** Changes what is there by then, for answers that arrive while somebody types. */
  change: (part: (values: T) => Partial<T>) => void;
  /** Shows a refusal at the fields it names. */
  refuse: (problem: ProblemError) => void;
  setErrors: (errors: FieldErrors) => void;
  /** Starts from these values: after a save, or from what somebody else saved. */
  reset: (values: T) => void;
  text: (name: TextKeys<T>) => TextField;
}

type TextKeys<T> = { [K in keyof T]: T[K] extends string ? K : never }[keyof T] & string;

export interface TextField {
  name: string;
  value: string;
  error: string | undefined;
  onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => void;
}

/** Errors that a change of these fields leaves: the others stay until their own field is mended. */
export function withoutErrorsOf(errors: FieldErrors, names: readonly string[]): FieldErrors {
  const isOf = (pointer: string, name: string) => pointer === `/${name}` || pointer.startsWith(`/${name}/`);
  const rest = Object.entries(errors).filter(([pointer]) => !names.some((name) => isOf(pointer, name)));
  return Object.fromEntries(rest);
}

/** Equal for the person who looks at the form: compared by what would be sent. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export function useDraft<T extends object>(initial: T): Draft<T> {
  const [base, setBase] = useState(initial);
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<FieldErrors>({});

  const patch = useCallback((part: Partial<T>) => {
    setValues((before) => ({ ...before, ...part }));
    setErrors((before) => withoutErrorsOf(before, Object.keys(part)));
  }, []);
  const patchWithin = useCallback((part: Partial<T>, names: string[]) => {
    setValues((before) => ({ ...before, ...part }));
    setErrors((before) => withoutErrorsOf(before, names));
  }, []);
  const change = useCallback((part: (values: T) => Partial<T>) => {
    setValues((before) => ({ ...before, ...part(before) }));
  }, []);
  const reset = useCallback((next: T) => {
    setBase(next);
    setValues(next);
    setErrors({});
  }, []);
  const refuse = useCallback((problem: ProblemError) => setErrors(pointerMap(problem.fields)), []);
  const isDirty = useMemo(() => !isSame(base, values), [base, values]);

  const text = (name: TextKeys<T>): TextField => ({
    name,
    value: values[name] as string,
    error: errors[`/${name}`],
    onChange: (event) => patch({ [name]: event.currentTarget.value } as unknown as Partial<T>),
  });
  return { values, errors, isDirty, patch, patchWithin, change, refuse, setErrors, reset, text };
}
