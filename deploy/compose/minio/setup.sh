#!/bin/sh
# The bucket, and the login that the services have for it. Nothing happens the second time.
set -eu
secret() { cat "/run/secrets/$1"; }

mc alias set --quiet store http://stores-minio:9000 "$(secret minio_root_user)" "$(secret minio_root_password)" >/dev/null
mc mb --quiet --ignore-existing "store/$MINIO_BUCKET"
mc version enable --quiet "store/$MINIO_BUCKET" >/dev/null
# What was replaced or deleted stays for a month.
mc ilm rule ls "store/$MINIO_BUCKET" 2>/dev/null | grep -q 35 ||
  mc ilm rule add --quiet --noncurrent-expire-days 35 "store/$MINIO_BUCKET" >/dev/null

cat >/tmp/policy.json <<TEXT
{
  "Version": "2012-10-17",
  "Statement": [
    { "Effect": "Allow", "Action": ["s3:GetBucketLocation", "s3:ListBucket"], "Resource": "arn:aws:s3:::$MINIO_BUCKET" },
    {
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      "Resource": "arn:aws:s3:::$MINIO_BUCKET/*"
    }
  ]
}
TEXT
mc admin policy create store stores /tmp/policy.json >/dev/null
mc admin user add store "$(secret minio_access_key)" "$(secret minio_secret_key)" >/dev/null
mc admin policy attach store stores --user "$(secret minio_access_key)" >/dev/null 2>&1 || true
mc admin user info store "$(secret minio_access_key)" | grep -q stores
echo "the bucket $MINIO_BUCKET and its login are there"
