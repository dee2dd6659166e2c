"""The pipeline by what we ask of it: seven stages, four environments, nothing without a version, a guarded production."""

import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
STAGES = ["lint", "test", "build", "e2e", "push", "deploy", "verify"]
ENVIRONMENTS = {"dev", "uat", "staging", "production"}
PROBLEMS = []


def need(truth, problem):
    if not truth:
        PROBLEMS.append(problem)


def main():
    pipeline = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    images = yaml.safe_load((ROOT / "deploy/ci/images.yml").read_text(encoding="utf-8"))["variables"]
    jobs = {name: job for name, job in pipeline.items() if isinstance(job, dict) and "stage" in job}
    need(pipeline["stages"] == STAGES, f"the stages are {pipeline['stages']}")
    need({job["stage"] for job in jobs.values()} == set(STAGES), "a stage has no job")
    for stage in ("deploy", "verify"):
        where = {job["environment"]["name"] for job in jobs.values() if job["stage"] == stage}
        need(where == ENVIRONMENTS, f"{stage} knows {sorted(where)}")
    for name, image in images.items():
        need(re.fullmatch(r"[^:@\s]+(:\d+)?(/[^:@\s]+)*:[^@\s]*\d[^@\s]*(@sha256:[0-9a-f]{64})?", image), f"{name} is {image}: no version")
    for name in ("CRANE", "COSIGN", "SYFT", "GRYPE"):
        need(re.search(r"debug|-dev\b", images[f"CI_IMAGE_{name}"]), f"CI_IMAGE_{name} has no shell for a job to begin with")
    for name, job in jobs.items():
        image = job.get("image", "$CI_IMAGE_RUST")
        image = image["name"] if isinstance(image, dict) else image
        need(image.lstrip("$") in images, f"{name} runs in {image}, which deploy/ci/images.yml does not name")
        if job["stage"] in ("deploy", "verify"):
            need("resource_group" in job and job.get("interruptible") is False, f"{name} may be interrupted, or meet another")
    # Whatever stands in an argument is in the list of processes.
    for name, job in jobs.items():
        lines = [line for line in job.get("script", []) if isinstance(line, str)]
        for line in lines:
            # Of cargo it is a package's name.
            is_given = re.search(r"--password[ =]", line) or ("login" in line and re.search(r"\s-p\s", line))
            need(not is_given, f"{name} gives a password as an argument")
    first = pipeline["workflow"]["rules"][0]
    need(first.get("when") == "never" and "CI_OPEN_MERGE_REQUESTS" not in first["if"],
         "a branch with an open merge request is not deployed")
    production = jobs["deploy:production"]
    need(production["rules"][0].get("when") == "manual", "production needs nobody's word")
    verify = "\n".join(jobs["verify:production"]["script"])
    need("verify.sh" in verify and "rollback.sh" in verify, "what fails in production is not taken back")
    for script in re.findall(r"deploy/[\w/-]+\.sh", (ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8")):
        need((ROOT / script).is_file(), f"there is no {script}")
    if PROBLEMS:
        sys.exit("\n".join(PROBLEMS))


main()
