import type { FullResult, Reporter, TestCase, TestResult } from "@playwright/test/reporter";

/** The last line: how many passed, failed and were left out. */
export default class Counts implements Reporter {
  private readonly outcomes = new Map<string, TestResult["status"]>();

  onTestEnd(test: TestCase, result: TestResult): void {
    this.outcomes.set(test.id, result.status);
  }

  onEnd({ duration }: FullResult): void {
    const statuses = [...this.outcomes.values()];
    const passed = statuses.filter((status) => status === "passed").length;
    const skipped = statuses.filter((status) => status === "skipped").length;
    const failed = statuses.length - passed - skipped;
    const seconds = Math.round(duration / 1_000);
    process.stdout.write(`e2e: ${passed} passed, ${failed} failed, ${skipped} left out in ${seconds} s\n`);
  }

  printsToStdio(): boolean {
    return true;
  }
}
