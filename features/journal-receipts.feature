Feature: Receipts of a journal

  @CAT-JRN-3007
  Rule: A receipt holds for as long as its event is what it was

    Scenario: It holds where it was given, after reopening and after a compaction
      Given a journal of several segments, and the receipts of all its events
      Then each receipt holds
      And each receipt holds when the journal was compacted, and when it was opened again

    Scenario Outline: A receipt with <change> does not hold
      Given a journal of several segments, and the receipts of all its events
      Then none of the receipts holds with <change>

      Examples:
        | change               |
        | another id           |
        | another sequence     |
        | another content hash |
        | another event hash   |

    Scenario: A receipt of another journal does not hold
      Given a journal of several segments, and the receipts of all its events
      Then the receipts of a journal with other events do not hold

    Scenario: With a key each receipt is signed, and holds by the public key alone
      Given a journal with a signing key, and the receipts of all its events
      Then each receipt holds, and holds for a reader that has the public key
      And none holds for a reader that has another public key

    Scenario: With a key a receipt that is not signed, or signed for another event, does not hold
      Given a journal with a signing key, and the receipts of all its events
      Then none of the receipts holds without its signature, or with that of another

    Scenario: A receipt that is given again is signed as it was
      Given a journal with a signing key, and the receipts of all its events
      Then repeating a key gives the same receipt, with the same signature

    Scenario Outline: <key> is no key to sign with
      Then a journal is not opened with <key>, which is InvalidArgument, and nothing was made

      Examples:
        | key                 |
        | a text              |
        | an RSA key          |
        | a public key        |

  @CAT-JRN-3107
  Rule: Who submits shares a sync

    Scenario: Fifty callers at once need one sync, and each has a durable receipt
      Given a journal on a disk whose syncs are counted
      When 50 events are submitted at once
      Then 1 sync was made, and all 50 are durable, in the order in which they were submitted
      And after a power cut all 50 are there

    Scenario: Who is refused is refused alone
      Given a journal on a disk whose syncs are counted
      When 3 events are submitted at once, the second of which may not be
      Then the second is refused with SequenceMismatch, and the others are durable

    Scenario: Where the sync fails nobody is told that it went well
      Given a journal on a disk whose syncs are counted
      When 3 events are submitted at once, and the sync fails
      Then all 3 are refused with CommitUnknown, and what is submitted then with StorePoisoned

    Scenario: What was submitted before the journal was closed is there
      Given a journal on a disk whose syncs are counted
      When 2 events are submitted, and the journal is closed at once
      Then both are durable
