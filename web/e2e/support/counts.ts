import type { FullResult, Reporter, TestCase, TestResult } from "@playwright/test/reporter";

/** The last line, in the words of Rust's tests, so that one script sums up both. */
export default class Counts implements Reporter {
  private readonly outcomes = new Map<string, TestResult["status"]>();

  onTestEnd(test: TestCase, result: TestResult): void {
    this.outcomes.set(test.id, result.status);
  }

  onEnd({ status, duration }: FullResult): void {
    const statuses = [...this.outcomes.values()];
    const passed = statuses.filter((status) => status === "passed").length;
    const skipped = statuses.filter((status) => status === "skipped").length;
    const failed = statuses.length - passed - skipped;
    const word = status === "passed" ? "ok" : "FAILED";
    const seconds = Math.round(duration / 1_000);
    process.stdout.write(
      `test result: ${word}. ${passed} passed; ${failed} failed; ${skipped} ignored; finished in ${seconds} s\n`,
    );
  }

  printsToStdio(): boolean {
    return true;
  }
}
