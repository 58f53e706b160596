Feature: The lock of machines whose kernel has none

  Where the kernel has no lock, a record names its owner. One writer at a time; what a dead one left is taken over by one.

  @CAT-LCK-1201
  Rule: One owner at a time, whatever the interleaving

    Scenario: Two writers without the kernel's lock exclude each other, and Busy names the holder
      Given two writers without the kernel's lock
      When one stands still before it publishes, and the other puts a model
      Then the other is refused with Busy, which names the holder
      And both can put a model once it goes on, and no record of an owner is left

    @full
    Scenario: Two takers of a dead owner's lock never own it together, and both own it in the end
      When two takers of a dead owner's lock are interleaved at every pair of steps
      Then never did both own it, and each owned it once

    @heavy
    Scenario: Three takers of a dead owner's lock never own it together
      When three takers of a dead owner's lock are interleaved at random
      Then never did both own it, and each owned it once

    Scenario: A taker that dies at any step leaves a lock that the next can take
      When a taker of a dead owner's lock dies at every step
      Then each time the next one took the lock

    Scenario: The lock that was stolen stays the thief's
      Given a lock that was stolen from its owner by another
      When its first owner gives it back
      Then the thief still owns it

  @CAT-LCK-1201
  Rule: Who waits for a lock waits as its thread may

    Scenario: A wait that is too short for a timer is one where no thread may sleep, too
      When a disk is asked to wait for 0.1 ms where no thread may sleep
      Then it has waited

  @CAT-LCK-1201 @CAT-LCK-1206
  Rule: A process is judged only by whoever counts processes alike

    Scenario Outline: The lock of <owner>, <age> old, is <verdict>
      Given a lock of <owner>, <age> old
      Then it is <verdict>

      Examples:
        | owner                                        | age        | verdict |
        | a live process                               | 10 seconds | kept    |
        | a live process                               | 2 hours    | kept    |
        | a dead process                               | 10 seconds | taken   |
        | a process whose number another has now       | 10 seconds | taken   |
        | the same number on another host              | 59 minutes | kept    |
        | the same number on another host              | 61 minutes | taken   |
        | the same number after another boot           | 59 minutes | kept    |
        | the same number after another boot           | 61 minutes | taken   |
        | the same number in another namespace         | 59 minutes | kept    |
        | the same number in another namespace         | 61 minutes | taken   |
        | nobody, with half of a record                | 59 minutes | kept    |
        | nobody, with half of a record                | 61 minutes | taken   |

    Scenario Outline: An owner that is told to be dead, seen by <asker>, <age> old, is <verdict>
      Then an owner that is told to be dead, seen by <asker>, <age> old, is <verdict>

      Examples: what is not told on either side is not alike
        | asker                      | age        | verdict |
        | the same machine           | 0 minutes  | taken   |
        | one that knows no boot     | 59 minutes | kept    |
        | one that knows no boot     | 61 minutes | taken   |
        | one that knows no boot     | 60 minutes | kept    |
        | one that knows no namespace | 59 minutes | kept   |
        | one that knows neither     | 59 minutes | kept    |
        | one of another name        | 59 minutes | kept    |
        | one that cannot tell       | 59 minutes | kept    |
        | one that cannot tell       | 61 minutes | taken   |

    Scenario Outline: A record of an owner in which <member> is <value> is <whose>
      Then a record of an owner in which <member> is <value> is <whose>

      Examples:
        | member        | value      | whose         |
        | pid           | 7          | that of an owner |
        | process_start | (absent)   | that of an owner |
        | since         | "2026-01-02T03:04:05Z" | that of an owner |
        | pid           | "7"        | nobody's      |
        | pid           | (absent)   | nobody's      |
        | host          | 7          | nobody's      |
        | host          | (absent)   | nobody's      |
        | command       | null       | nobody's      |
        | command       | (absent)   | nobody's      |
        | token         | 7          | nobody's      |
        | token         | (absent)   | nobody's      |
        | since         | "some day" | nobody's      |
        | since         | 7          | nobody's      |
        | since         | (absent)   | nobody's      |

    Scenario: An operator frees the lock of another machine
      Given a catalog whose lock a process of another machine holds
      Then a put is Busy, and after a repair that breaks the lock it works

  @CAT-LCK-1201
  Rule: What no lock can judge is judged by age

    Scenario Outline: A temp <age> old is <fate> where there is no kernel's lock
      Given a catalog with a temp that is <age> old
      When it is opened for writing without the kernel's lock
      Then the temp is <fate>

      Examples:
        | age        | fate |
        | 59 minutes | kept |
        | 61 minutes | gone |
