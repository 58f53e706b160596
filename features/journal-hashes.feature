Feature: Hashes of events that are kept

  Hashes are functions of what is stored, and computed when they are asked for. Of segments that are full they are kept, so that a
  long chain is not read again.

  @CAT-JRN-3003
  Rule: The hashes of full segments are kept in the index, also when the journal is opened again

    Scenario Outline: After <what> the hash of an old event costs the reading of that event alone
      Given a journal of 60 events of "a" in many segments
      When its hashes are known by <what>, and it is opened again
      Then the hash of the event 50 is the same, and is told by reading that event alone

      Examples:
        | what                              |
        | asking for that of the last event |
        | verifying it                      |

    Scenario: Without them the chain is read from its beginning, and gives the same
      Given a journal of 60 events of "a" in many segments
      When it is opened again without its checkpoint
      Then the hash of the event 50 is the same, and is told by reading all events before it

    Scenario: Those of the last segment are not kept
      Given a journal of 60 events of "a" in many segments
      When its hashes are known by verifying it, and it is opened again
      Then no hash of an event of the last segment is kept

    @CAT-JRN-3005
    Scenario: A hash that was kept and is not that of its event is found
      Given a journal of 60 events of "a" in many segments
      When its hashes are known by verifying it, and one that was kept is changed in its checkpoint
      Then verifying it says that the hash of that event is not the one that was kept

    @CAT-JRN-3501
    Scenario: They hold when segments are merged
      Given a journal of 60 events of "a" in many segments
      When its hashes are known by verifying it, its segments are merged, and it is opened again
      Then verifying it says nothing is wrong, and the hash of the event 50 is the same
