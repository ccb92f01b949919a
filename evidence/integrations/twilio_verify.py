"""Drives the API in the shape of Twilio Verify by Twilio's own SDK, after one line. Asks for codes on standard output; ends with 1 where an answer is wrong."""

import sys

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

url, key, *numbers = sys.argv[1:]
ACCOUNT = "AC" + "a" * 32


def service_with(password):
    client = Client(ACCOUNT, password)
    client.verify.base_url = url
    return client.verify.v2.services("VA" + "b" * 32)


service = service_with(key)


def create(to, of=service):
    return of.verifications.create(to=to, channel="sms")


def check(code, **named):
    return service.verification_checks.create(code=code, **named)


def code_of(to):
    print(to, flush=True)
    return sys.stdin.readline().strip()


def wrong(code, step=1):
    return f"{(int(code) + step) % 10**6:06}"


def refused(code, act):
    try:
        act()
    except TwilioRestException as refusal:
        assert refusal.code == code, (code, refusal.code, refusal.msg)
    else:
        raise AssertionError(f"it is not refused with {code}")


approved, guessed, canceled, other = numbers
started = create(approved)
assert (started.status, started.valid, started.sid[:2]) == ("pending", False, "VE")
code = code_of(approved)
assert check(wrong(code), to=approved).status == "pending"
refused(60203, lambda: create(approved))
done = check(code, verification_sid=started.sid)
assert (done.status, done.valid, done.sid) == ("approved", True, started.sid)
assert service.verifications(started.sid).fetch().status == "approved"
refused(20404, lambda: check(code, to=approved))

create(guessed)
code = code_of(guessed)
for step in range(1, 6):
    assert not check(wrong(code, step), to=guessed).valid
refused(60202, lambda: check(code, to=guessed))

sid = create(canceled).sid
assert service.verifications(sid).update(status="canceled").status == "canceled"
refused(20404, lambda: check(code_of(canceled), to=canceled))

refused(20404, lambda: service.verifications("VE" + "c" * 32).fetch())
refused(60605, lambda: create("+14155552671"))
refused(60205, lambda: create("+442079460018"))
refused(20003, lambda: create(other, of=service_with("latchkey_" + "0" * 80)))
