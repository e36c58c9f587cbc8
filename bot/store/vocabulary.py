"""Words that the look-up treats in their own way: idle, vague, names of systems, subjects of their own, synonyms."""

from __future__ import annotations

# Words that say nothing about which failure it is.
_IDLE = """
a about after again all also am an and any anyone anything are as at back be because been before being both but
by can cannot cant could did do does doesnt doing done dont down each even every everything for from get gets
getting go goes going got had has have having he help her here hey hi his how i if im in into is isnt it its just
keep keeps let like look looks lot make many maybe me more most much my need no not nothing now of off ok on once
one only or other our out over own please problem issue put really right s same say see seem seems she should
showing shows since so some somebody someone something still such t than that the their them then there these
they thing things think this those though through thing to today together too trying us use used using very want
was we well went were what when where which while who whole why will with wont would wrong yes yet you your
suddenly tell found after until than via per non error errors failed fails failing fail failure broken breaks
working work works happening happened anybody know thanks new old first last time times day days minute minutes
hour hours second seconds since ago always never week two three info warn warning message log logs line exception
caused true false null none indefinitely forever really currently recently usually simply reacts noticed happen
happens hello hallo thank shown longer near each next instead without within between during against under
even ever yet however may might must id ids
"""

# Words that name the system rather than the failure; alone they point nowhere.
_GENERIC = """
mongo mongodb mongod redis database databases db server servers service services node nodes cluster clusters
app application production prod instance host hosts machine system systems data client clients user users
customer customers page site website connection connections connect connecting connected query queries request
requests process run running start started starting up set command all command code file files type name port
version update config configuration network linux aws atlas docker container java python driver shell
upgrade upgraded upgrades
"""

# Words that half of all incidents share; two of them say as much as one good word.
_VAGUE = """
slow slowly slowness sluggish latency stuck hang hangs hanging frozen freeze timeout timeouts timed restart restarts
restarted restarting rebooted queue queued queues empty lost losing missing gone dead dies died stop stops stopped
stopping load loads loaded high low full memory disk cpu percent usage respond responding response answer answers
return returns returned returning find list search build care sale sales report loop expired offline old
healthy kill killed refused unavailable unreachable outage deploy deployed deploys
"""

# Systems by name. Who names one means that one: a playbook for another system is no answer. Each line is one system.
_SYSTEMS = """
mongo mongodb mongod mongos mongosh atlas
redis valkey sentinel
postgres postgresql pg psql pgbouncer
mysql mariadb
elasticsearch elastic opensearch
kafka
rabbitmq
cassandra scylla
clickhouse
memcached
etcd consul
zookeeper
nginx
haproxy
apache
jenkins gitlab
kubernetes k8s
terraform
stripe
s3
dns
oracle
dynamodb
sqlserver mssql
rds aurora
vpn
smtp email
couchbase
cockroachdb cockroach
timescaledb timescale
yugabyte
tidb tikv
snowflake
bigquery
redshift
solr
milvus
weaviate
qdrant
aerospike
hbase hdfs hive
trino presto
pulsar
nats
activemq artemis
minio ceph
glusterfs
ldap openldap
sqlite
firebase firestore
db2
"""

# Failures of their own, whatever system they happen in: a page that does not know the subject is no answer.
_SUBJECTS = """
authentication authenticate authenticated auth authorized unauthorized noauth wrongpass login logins password passwords
certificate certificates tls ssl x509 cert certs handshake
lua evalsha noscript crossslot wrongtype
oom oomkilled maxmemory
syntax traceback typeerror indexerror keyerror valueerror nullpointerexception undefined
imagepullbackoff errimagepull helm
vacuum autovacuum
bson bsonobjecttoolarge
safari firefox browser css javascript frontend
cdn
translation translations
repmgr repmgrd patroni
404
couchdb orientdb arangodb neo4j influxdb
printer printers
git merge jest npm ci
cors oauth saml jwt cookie cookies csrf
webpack typescript eslint babel compile compiler compilation
timezone locale font layout pdf
invoice invoices payment payments
spark hadoop airflow flink
schema validation casterror
deprecated deprecation
unicode charset encoding
gpu cuda
bluetooth wifi
android ios iphone
ssh sshd
ingress istio envoy traefik
selenium playwright
gridfs
balancer sharding shardkey jumbo chunk chunks
xreadgroup pubsub
"""

# Each line is one meaning. A word of a line also finds the others, for a little less.
_MEANINGS = """
slow slowly slowness sluggish latency crawling crawl
hang hangs hung hanging stuck frozen freeze froze freezes unresponsive stalled wedged zombie
outage unavailable offline unreachable
mongo mongodb mongod
db database databases
master primary
slave replica secondary
kill sigkill sigterm
respawn restart restarts restarted restarting reboot rebooted rebooting crashloop relaunched
failover election elect elected elects electing elections stepdown
firewall iptables nftables quarantine isolate
index indexes indices indexed indexing
collscan unindexed
timeout timeouts timed
lost losing loss missing vanished gone disappeared wiped empty emptied
stale outdated ancient
promote promoted promotion
queue queued queues queueing
ticket tickets
rebuild recreate reindex
replica-set replicaset replset
respond responds responding response answer answers answering
refused refuses refusing rejected
migration migrated migrate migrating
restore restored restoring recovered
cpu processor
heartbeat heartbeats
"""


def _lines(text: str) -> dict[str, frozenset[str]]:
    """Each word of a list with all the words of its line."""
    lines = [frozenset(line.split()) for line in text.strip().splitlines()]
    return {word: line for line in lines for word in line}


def _meanings() -> dict[str, tuple[str, ...]]:
    """Each word of _MEANINGS with the others of its line."""
    lines = [line.split() for line in _MEANINGS.strip().splitlines()]
    return {word: tuple(other for other in line if other != word) for line in lines for word in line}


IDLE = frozenset(_IDLE.split())
GENERIC = frozenset(_GENERIC.split())
VAGUE = frozenset(_VAGUE.split())
SYSTEMS = _lines(_SYSTEMS)
SUBJECTS = _lines(_SUBJECTS)
ALIKE = _meanings()
