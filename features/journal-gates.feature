Feature: The gates of a journal

  Callers say what may be appended. A gate permits or denies; what is denied is not there, and whoever goes round a gate says why.

  @CAT-JRN-3006
  Rule: Gates are asked in their order, up to the first that denies

    Scenario: An event that every gate permits is appended, and its receipt names them
      Given a journal with the gates
        | name   | verdict |
        | size   | permits |
        | source | permits |
      When an event is appended with the gates
        | name   | verdict |
        | digest | permits |
      Then "size", "source" and "digest" were asked
      And its receipt says that it passed "size", "source" and "digest"

    Scenario: The first denial stops the append
      Given a journal with the gates
        | name   | verdict |
        | size   | permits |
        | source | denies  |
        | owner  | permits |
      When an event is appended with the gates
        | name   | verdict |
        | digest | permits |
      Then the journal refuses it with GateDenied, by "source" with the code "NOT_HERE", its message and its context
      And "size" and "source" were asked
      And nothing is written

    Scenario: A gate of the append denies after those of the journal
      Given a journal with the gates
        | name | verdict |
        | size | permits |
      When an event is appended with the gates
        | name   | verdict |
        | digest | denies  |
        | owner  | permits |
      Then the journal refuses it with GateDenied, by "digest" with the code "NOT_HERE", its message and its context
      And "size" and "digest" were asked
      And nothing is written

    Scenario: A gate is shown what would be appended
      Given a journal with the gates
        | name | verdict |
        | size | permits |
      When a batch of events of "a", "b" and "a" is appended
      Then the gate was shown each of them, with 0, 0 and 1 events that its entity had

    Scenario Outline: A gate that <does> is a denial, because it is defective
      Given a journal with the gates
        | name   | verdict |
        | broken | <does>  |
        | size   | permits |
      When an event is appended
      Then the journal refuses it with GateDenied, by "broken" with the code "GATE_DEFECT"
      And "broken" was asked
      And nothing is written

      Examples:
        | does                        |
        | throws                      |
        | throws what is no error     |
        | gives nothing               |
        | gives true                  |
        | gives a promise             |
        | permits in other words      |
        | denies without a code       |
        | denies without a message    |

    Scenario Outline: A gate that changes <what> it is shown changes nothing of what is appended
      Given a journal with the gates
        | name  | verdict         |
        | wrong | changes <what> |
      When an event is appended, whatever comes of it
      Then no event is read that is not as it was asked for

      Examples:
        | what           |
        | the payload    |
        | the coordinate |

    Scenario: A gate that has a name of JavaScript's own is asked like any other
      Given a journal with the gates
        | name        | verdict |
        | constructor | denies  |
      When an event is appended
      Then the journal refuses it with GateDenied, by "constructor" with the code "NOT_HERE"
      And "constructor" was asked
      And nothing is written

    @CAT-JRN-3104
    Scenario: A denial of one event of a batch stops all of it
      Given a journal with the gates
        | name   | verdict                |
        | second | denies the second time |
      When a batch of events of "a", "b" and "c" is appended
      Then the journal refuses it with GateDenied, by "second" with the code "NOT_HERE"
      And "second" and "second" were asked
      And nothing is written

    Scenario: What the journal says of itself passes no gate
      Given a journal with the gates
        | name   | verdict |
        | closed | denies  |
      Then no gate was asked
      When the journal is opened again
      Then 2 events are there, and no gate was asked

    @CAT-JRN-3103
    Scenario: Whoever repeats himself is not judged again
      Given a journal with the gates
        | name | verdict                |
        | once | denies the second time |
      When an event of "a" is appended under the key "order 17"
      And an event of "a" is appended under the key "order 17"
      Then both receipts are the same
      And "once" was asked
      And nothing is written

    Scenario Outline: <gates> cannot be gates
      Given a journal with the gates
        | name | verdict |
        | size | permits |
      When an event is appended with <gates> for gates
      Then the journal refuses it with InvalidArgument
      And no gate was asked
      And nothing is written

      Examples:
        | gates                      |
        | one without a name         |
        | one that cannot check      |
        | two of one name            |
        | one called like another of the journal |

    Scenario: A journal cannot be opened with two gates of one name
      When a journal is opened with two gates of one name
      Then the journal refuses it with InvalidArgument

  @CAT-JRN-3006
  Rule: A denial can leave an event

    Scenario: A denial that is to be recorded says which gate denied, and why
      Given a journal that records denials, with the gates
        | name   | verdict |
        | source | denies  |
      When an event is appended
      Then the journal refuses it with GateDenied, by "source" with the code "NOT_HERE", its message and its context
      And the last event is of the kind 0x000f, of the entity "journal" and the scope "denials", and says all of that
      And no event of "a" is there
      When the journal is opened again
      Then one event of the kind 0x000f is there

    Scenario: A batch that is denied leaves one event
      Given a journal that records denials, with the gates
        | name   | verdict                |
        | second | denies the second time |
      When a batch of events of "a", "b" and "c" is appended
      Then the journal refuses it with GateDenied, by "second" with the code "NOT_HERE"
      And one event of the kind 0x000f is there
      And no event of "a" is there

    Scenario: Whatever else is refused leaves no event
      Given a journal that records denials, with the gates
        | name | verdict |
        | size | permits |
      When an event of "a" is appended where 7 is expected
      Then the journal refuses it with SequenceMismatch, expected 7 and actual 0
      And nothing is written

    Scenario: A denial whose context JSON cannot say is a denial all the same
      Given a journal that records denials, with the gates
        | name   | verdict                        |
        | source | denies with a BigInt in the context |
      When an event is appended
      Then the journal refuses it with GateDenied, by "source" with the code "NOT_HERE"
      And no event of "a" is there

  @CAT-JRN-3006
  Rule: Whoever goes round a gate says why

    Scenario: A gate that is gone round is not asked, and the receipt tells why
      Given a journal with the gates
        | name   | verdict |
        | size   | permits |
        | source | denies  |
      When an event is appended that goes round "source" because of "a drill" under the key "order 17"
      Then "size" was asked
      And its receipt says that it went round "source" because of "a drill", and passed "size"
      When the journal is opened again
      And an event of "a" is appended under the key "order 17"
      Then both receipts are the same

    Scenario: Going round one gate is not going round the next
      Given a journal with the gates
        | name   | verdict |
        | source | denies  |
        | owner  | denies  |
      When an event is appended that goes round "source" because of "a drill" under the key "order 17"
      Then the journal refuses it with GateDenied, by "owner" with the code "NOT_HERE"
      And nothing is written

    Scenario: In a batch each event goes round for itself
      Given a journal with the gates
        | name   | verdict |
        | source | denies  |
      When a batch of two events is appended of which the first goes round "source"
      Then the journal refuses it with GateDenied, by "source" with the code "NOT_HERE"
      And nothing is written

    Scenario Outline: Going round <gate> because of <reason> is refused
      Given a journal with the gates
        | name   | verdict |
        | source | permits |
      When an event is appended that goes round <gate> because of <reason> under the key "order 17"
      Then the journal refuses it with InvalidArgument
      And no gate was asked
      And nothing is written

      Examples:
        | gate      | reason    |
        | "source"  | ""        |
        | "source"  | "   "     |
        | "sauce"   | "a drill" |
        | "toString" | "a drill" |
