import { Skeleton, Stack } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { ProblemError } from "@virtual-stores/api-client";
import type { ReactNode } from "react";
import { Notice, ProblemNotice } from "~/ui/notice.tsx";

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  /** What stands there meanwhile; lines of text when absent. */
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}

/** The data, or its shape while it loads, or why it is not there and how to ask again. */
export function Loaded<T>({ query, skeleton, children }: LoadedProps<T>) {
  if (query.data !== undefined) {
    return children(query.data);
  }
  if (query.error instanceof ProblemError) {
    return <ProblemNotice problem={query.error} onRetry={() => query.refetch()} />;
  }
  if (query.error) {
    return <Notice tone="bad">{query.error.message}</Notice>;
  }
  return skeleton ?? <Lines count={5} />;
}

export function Lines({ count }: { count: number }) {
  return (
    <Stack gap="sm" p="md" aria-busy="true">
      {Array.from({ length: count }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines have no identity
        <Skeleton key={at} height={18} width={`${92 - ((at * 17) % 40)}%`} />
      ))}
    </Stack>
  );
}
