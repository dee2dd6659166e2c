-- What is erased after a month, and what an operator looks for, are found without reading all jobs.
CREATE INDEX job_done ON job (finished_at) WHERE state = 'done';
CREATE INDEX job_parked ON job (id) WHERE state = 'parked';
