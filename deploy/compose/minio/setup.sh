#!/bin/sh
# The bucket, and the login that the services have for it. Nothing happens the second time.
# The image has a shell, coreutils and mc: no grep, sed or awk.
set -eu
secret() { cat "/run/secrets/$1"; }

# Values are in no argument: mc reads this login from its environment, and the other one from its input.
MC_HOST_store="http://$(secret minio_root_user):$(secret minio_root_password)@stores-minio:9000"
export MC_HOST_store
key=$(secret minio_access_key)

mc mb --quiet --ignore-existing "store/$MINIO_BUCKET"
mc version enable --quiet "store/$MINIO_BUCKET" >/dev/null
# What was replaced or deleted stays for a month.
case $(mc ilm rule ls --json "store/$MINIO_BUCKET" 2>/dev/null || true) in
  *'"NoncurrentDays":35'*) ;;
  *) mc ilm rule add --quiet --noncurrent-expire-days 35 "store/$MINIO_BUCKET" >/dev/null ;;
esac

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
printf '%s\n%s\n' "$key" "$(secret minio_secret_key)" | mc admin user add store >/dev/null
mc admin policy attach store stores --user "$key" >/dev/null 2>&1 || true
case $(mc admin user info store "$key") in
  *stores*) ;;
  *)
    echo "the services' login has no policy" >&2
    exit 1
    ;;
esac
echo "the bucket $MINIO_BUCKET and its login are there"
