"""A peer in another language, on another client: what it does is what any AMQP client can do.

    _pika_peer.py send QUEUE HEX             puts bytes into a queue that exists
    _pika_peer.py asya NS OURS THEIRS HEX    as Asya's sidecar: sends bytes to OURS, and prints what comes to THEIRS

Where the broker is stands in PEER_PORT, PEER_VHOST, PEER_USER and PEER_PASSWORD.
"""

import os
import sys

import pika

KEPT = pika.BasicProperties(delivery_mode=2, content_type="application/json")


def connect():
    return pika.BlockingConnection(
        pika.ConnectionParameters(
            host="127.0.0.1",
            port=int(os.environ["PEER_PORT"]),
            virtual_host=os.environ["PEER_VHOST"],
            credentials=pika.PlainCredentials(os.environ["PEER_USER"], os.environ["PEER_PASSWORD"]),
        )
    )


def send(channel, queue, body):
    channel.confirm_delivery()
    channel.basic_publish("", queue, body, KEPT, mandatory=True)


def asya(channel, namespace, ours, theirs, body):
    channel.exchange_declare("asya", "topic", durable=True)
    for actor in (ours, theirs):
        queue = f"asya-{namespace}-{actor}"
        channel.queue_declare(queue, durable=True)
        channel.queue_bind(queue, "asya", actor)
    channel.basic_publish("asya", ours, body, KEPT)
    for method, _, received in channel.consume(f"asya-{namespace}-{theirs}", inactivity_timeout=30):
        if method is None:
            sys.exit("nothing came")
        channel.basic_ack(method.delivery_tag)
        print(received.hex())
        return


def main():
    what, *arguments, text = sys.argv[1:]
    connection = connect()
    {"send": send, "asya": asya}[what](connection.channel(), *arguments, bytes.fromhex(text))
    connection.close()


main()
