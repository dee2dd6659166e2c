DROP TABLE source_record, import_issue, import_batch, import_count, import;
