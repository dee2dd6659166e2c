import { QueryClient } from "@tanstack/react-query";
import { ProblemError } from "@virtual-stores/api-client";

/** Refusals are final; a lost network and an overloaded service are asked again. */
function mayRetry(failures: number, error: Error): boolean {
  const isPassing = error instanceof ProblemError && (error.isOffline || error.status >= 500);
  return isPassing && failures < 2;
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: mayRetry, staleTime: 10_000, networkMode: "always" },
    mutations: { networkMode: "always" },
  },
});
