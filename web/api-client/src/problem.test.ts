import { describe, expect, it } from "vitest";
import { intentionKey } from "./keys.ts";
import { pointerMap } from "./pointers.ts";
import { problemOf } from "./problem.ts";

describe("a problem", () => {
  it("keeps its fields, and leaves out what has no pointer", () => {
    const errors = [{ pointer: "/variants/0/sku", code: "duplicate", message: "taken" }, { code: "x" }];
    const body = { type: "invalid-body", title: "Invalid body", status: 422, errors };
    const error = problemOf(body, new Response(null, { status: 422 }));
    expect(error.code).toBe("invalid-body");
    expect(error.fields).toEqual([errors[0]]);
  });

  it("is made of a proxy's page too", () => {
    const response = new Response(null, {
      status: 502,
      headers: { "retry-after": "3", "x-request-id": "r1" },
    });
    const error = problemOf("<html>Bad gateway</html>", response);
    expect([error.code, error.status, error.retryAfterSeconds]).toEqual(["unexpected-answer", 502, 3]);
    expect(error.problem.instance).toBe("r1");
  });

  it("maps the first message to each field", () => {
    const fields = [
      { pointer: "/title", code: "length", message: "too long" },
      { pointer: "/title", code: "other", message: "second" },
      { pointer: "email", code: "invalid", message: "no address" },
    ];
    expect(pointerMap(fields)).toEqual({ "/title": "too long", "/email": "no address" });
  });
});

describe("an intention's key", () => {
  it("stays for the same body and changes with it or after a success", () => {
    const key = intentionKey();
    const first = key.of({ amount: 1 });
    expect(key.of({ amount: 1 })).toBe(first);
    expect(key.of({ amount: 2 })).not.toBe(first);
    const second = key.of({ amount: 2 });
    key.done();
    expect(key.of({ amount: 2 })).not.toBe(second);
  });
});
