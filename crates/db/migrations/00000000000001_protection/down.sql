DROP FUNCTION stores_protect_platform(regclass, text);
DROP FUNCTION stores_protect_append_only(regclass);
DROP FUNCTION stores_protect(regclass);
DROP FUNCTION stores_protect_with(regclass, text);
