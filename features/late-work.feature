@CAT-SIM-5001
Feature: What is still done for a file when its step was answered

  The real disk may go on writing, syncing and reading ahead after it answered. What fails then is told by the steps that rely on it.
  Here each piece of that work begins and ends when the scenario says so.

  @CAT-BLB-2102
  Rule: A sync has all that was written before it

    Scenario: A sync that is begun waits for the write before it
      Given work for one file
      When a write of 5 bytes is begun, and then a sync
      Then "write" has begun, but not "sync"
      When "write" ends
      Then "sync" has begun
      When "sync" ends
      Then the sync that is asked for is done already

    Scenario Outline: A sync that was begun early counts once, and not for <what came after>
      Given work for one file
      When a sync is begun and ends
      And <what came after>
      Then the sync that is asked for is <found>

      Examples:
        | what came after                       | found        |
        | nothing comes after it                | done already |
        | a write of 1 bytes is begun and ends  | still to do  |
        | the file is changed                   | still to do  |
        | the sync is asked for                 | still to do  |

    Scenario: Nothing is synced of which nobody began a sync
      Given work for one file
      Then the sync that is asked for is still to do

  Rule: In the middle of writing a sync is begun now and then

    Scenario Outline: Of writes of <writes> bytes, with a sync every 10, <count> are begun
      Given work for one file
      When writes of <writes> bytes are begun and end, with a sync every 10 bytes
      Then <count> syncs have begun

      Examples:
        | writes        | count |
        | 9             | 0     |
        | 10            | 1     |
        | 4, 4, 4       | 1     |
        | 4, 6          | 1     |
        | 10, 9         | 1     |
        | 10, 10        | 2     |
        | 25, 5, 5      | 2     |

    Scenario: No second is begun before the first has ended
      Given work for one file
      When a write of 10 bytes is begun and ends, with a sync every 10 bytes that goes on
      And a write of 10 bytes is begun and ends, with a sync every 10 bytes that goes on
      Then 1 syncs have begun
      When "sync" ends
      And a write of 1 bytes is begun and ends, with a sync every 10 bytes that goes on
      Then 2 syncs have begun

    Scenario: Such a sync is not the one that is asked for
      Given work for one file
      When writes of 10 bytes are begun and end, with a sync every 10 bytes
      Then the sync that is asked for is still to do

  Rule: What failed is told by each step that relies on it

    Scenario: A write that failed is told behind it, by the sync and by every sync after
      Given work for one file
      When a write of 5 bytes is begun, and fails
      Then what comes behind the writes fails
      When a sync is begun
      Then "sync" has not begun
      And the sync that is asked for fails
      And the sync that is asked for fails

    Scenario: A sync that failed is told by every sync after, and none of them is begun
      Given work for one file
      When a sync is begun, and fails
      And another sync is begun
      Then 1 syncs have begun
      And the sync that is asked for fails
      And the sync that is asked for fails

    Scenario: A sync in the middle of writing that failed is told by the one that is asked for
      Given work for one file
      When a write of 10 bytes is begun and ends, with a sync every 10 bytes that fails
      Then the sync that is asked for fails

    Scenario: Where nothing failed nothing is told
      Given work for one file
      When a write of 5 bytes is begun and ends
      Then what comes behind the writes goes on

  Rule: What was read ahead is for who asks for just that

    Scenario Outline: 4 bytes were read ahead at 10, and <asked> are asked for
      Given work for one file
      When 4 bytes are read ahead at 10, which gives 3
      Then <asked> are <found>

      Examples:
        | asked                       | found     |
        | these                       | 3 read    |
        | 4 bytes at 11               | not there |
        | 3 of them                   | not there |
        | 3 of them behind the first  | not there |
        | 4 other bytes at 10         | not there |

    Scenario: What was read ahead is given once
      Given work for one file
      When 4 bytes are read ahead at 10, which gives 3
      Then these are 3 read
      And these are not there

    Scenario: Where nothing was read ahead nothing is there
      Given work for one file
      Then these are not there

    Scenario Outline: A reading ahead that failed is told to who asks for it alone: <asked>
      Given work for one file
      When 4 bytes are read ahead at 10, which fails
      Then <asked> <found>

      Examples:
        | asked               | found          |
        | these               | fail           |
        | 4 other bytes at 10 | are not there  |

  Rule: A file is closed when nothing is done for it any more

    Scenario Outline: It is at its end when its <work> is
      Given work for one file
      When a <work> is begun that goes on
      Then the work has not ended
      When "<work>" <end>
      Then the work has ended

      Examples:
        | work    | end   |
        | write   | ends  |
        | write   | fails |
        | sync    | ends  |
        | sync    | fails |
        | reading | ends  |
        | reading | fails |
