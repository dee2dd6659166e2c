import { queryOptions } from "@tanstack/react-query";
import { ProblemError, type tenants } from "@virtual-stores/api-client";
import { answered, api, client } from "~/lib/api.ts";
import { queryClient } from "~/lib/queries.ts";
import { sessionChanged, sessionLeft } from "~/lib/session.ts";

export type LoginAnswer = tenants.components["schemas"]["LoginAnswer"];
export type LogIn = tenants.components["schemas"]["LogIn"];

/** Takes up the session that an answer opens, if it does. */
function taken(answer: LoginAnswer): LoginAnswer {
  if (answer.status === "signed_in") {
    client.setSession(answer);
    sessionChanged(answer);
  }
  return answer;
}

export async function logIn(body: LogIn): Promise<LoginAnswer> {
  return taken(await answered(api.POST("/api/auth/login", { body })));
}

export async function chooseFirstPassword(changeToken: string, newPassword: string): Promise<LoginAnswer> {
  const body = { change_token: changeToken, new_password: newPassword };
  return taken(await answered(api.POST("/api/auth/password/first", { body })));
}

export async function changePassword(currentPassword: string, newPassword: string): Promise<LoginAnswer> {
  const body = { current_password: currentPassword, new_password: newPassword };
  return taken(await answered(api.POST("/api/auth/password", { body })));
}

/** Ends the session everywhere; what was read in it is forgotten here even when nobody can be reached. */
export async function logOut(): Promise<void> {
  await answered(api.POST("/api/auth/logout")).catch(() => undefined);
  client.setSession(null);
  queryClient.clear();
  sessionLeft();
}

/** The store at whose own host this page is; null at a host that is no store's. */
export const storeHereQuery = queryOptions({
  queryKey: ["store-here"],
  queryFn: async ({ signal }): Promise<{ name: string } | null> => {
    try {
      return await answered(api.GET("/api/tenants/store/config", { signal }));
    } catch (error) {
      if (error instanceof ProblemError && error.status === 404) {
        return null;
      }
      if (error instanceof ProblemError && error.code === "store-suspended") {
        return { name: "" };
      }
      throw error;
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
});
