/** What an API says when it refuses: RFC 9457 with the fields that are wrong. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  /** The request's id, for whoever looks in the logs. */
  instance?: string;
  errors?: FieldProblem[];
  /** With 412: what is stored now. */
  current?: unknown;
  [more: string]: unknown;
}

export interface FieldProblem {
  /** RFC 6901, such as `/variants/0/sku`. */
  pointer: string;
  code: string;
  message: string;
}

/** A refusal, or a request that never arrived: then the status is 0. */
export class ProblemError extends Error {
  readonly problem: Problem;
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: Problem, retryAfterSeconds?: number) {
    super(problem.detail ?? problem.title);
    this.name = "ProblemError";
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get status(): number {
    return this.problem.status;
  }

  get code(): string {
    return this.problem.type;
  }

  get isOffline(): boolean {
    return this.problem.status === 0;
  }

  get fields(): FieldProblem[] {
    return this.problem.errors ?? [];
  }
}

export function offline(): ProblemError {
  return new ProblemError({ type: "offline", title: "The network is away", status: 0 });
}

/** Reads an answer that is not a success. A proxy's page of HTML becomes a problem too. */
export function problemOf(body: unknown, response: Response): ProblemError {
  const given = typeof body === "string" ? parse(body) : body;
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retry = Number.isFinite(retryAfter) ? retryAfter : undefined;
  if (isRecord(given) && typeof given.type === "string") {
    const fields = Array.isArray(given.errors) ? given.errors.filter(isFieldProblem) : undefined;
    const title = typeof given.title === "string" ? given.title : given.type;
    return new ProblemError(
      { ...given, type: given.type, title, status: response.status, errors: fields },
      retry,
    );
  }
  const instance = response.headers.get("x-request-id") ?? undefined;
  const title = response.statusText || `HTTP ${response.status}`;
  return new ProblemError({ type: "unexpected-answer", title, status: response.status, instance }, retry);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return isRecord(value) && typeof value.pointer === "string" && typeof value.message === "string";
}
