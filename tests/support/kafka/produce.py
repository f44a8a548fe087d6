"""Sends records with librdkafka: BROKERS TOPIC CODEC plain|commit|abort, a JSON object for each record on standard input."""
import json
import sys
import uuid

from confluent_kafka import Producer

brokers, topic, codec, how = sys.argv[1:]
settings = {"bootstrap.servers": brokers, "compression.type": codec, "linger.ms": 200}
if how != "plain":
    settings["transactional.id"] = str(uuid.uuid4())
producer = Producer(settings)
if how != "plain":
    producer.init_transactions()
    producer.begin_transaction()
for line in sys.stdin:
    record = json.loads(line)
    producer.produce(topic, key=record["key"], value=record["value"], headers=record["headers"])
producer.flush()
if how == "commit":
    producer.commit_transaction()
if how == "abort":
    producer.abort_transaction()
