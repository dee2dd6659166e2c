DROP INDEX job_parked;
DROP INDEX job_done;
