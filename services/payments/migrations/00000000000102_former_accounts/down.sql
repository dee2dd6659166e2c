DROP TABLE former_account;
