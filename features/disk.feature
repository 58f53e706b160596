Feature: Disks, real and simulated

  Everything durable is done in steps of a disk. The simulated disk answers like the real one, and shows in addition what a power
  cut may leave, so that promises about crashes can be tried.

  Rule: Both disks answer alike

    @CAT-SIM-5001
    Scenario Outline: The <disk> disk keeps the contract
      When every case of the disk contract is run on the <disk> disk
      Then at least 40 cases were run and all of them held

      Examples:
        | disk      |
        | real      |
        | simulated |

    @CAT-SIM-5001
    Scenario: Random histories of steps give the same results and errors on both disks
      Then 400 random histories of up to 60 steps go alike on both disks

  Rule: What is to be done is a value; a disk performs it

    @CAT-SIM-5002
    Scenario: A program goes the same way whether its runner waits or not
      When one program is run at once on one simulated disk, and with waiting on another
      Then both traces and both trees are equal

    @CAT-SIM-5002
    Scenario: A program that is dropped performs nothing more
      When a program is dropped at each of its steps
      Then the disk saw exactly the steps before

    @CAT-SIM-5002
    Scenario: A trace is plain data
      When one program is run at once on one simulated disk, and with waiting on another
      Then the trace survives being written down and read as JSON

  Rule: What is visible is not yet durable

    @CAT-SIM-5003
    Scenario: Bytes that were not synced may be lost, whole or in part
      Given a simulated disk that holds the file "/root/a" with "before"
      When "AFTER!" is written over "/root/a" in chunks of 2 bytes
      Then a power cut can leave "/root/a" with "before", "AFTER!", "AFfoR!" and "be\0\0R!", but not with "AFTER"

    @CAT-SIM-5003
    Scenario: A size may be durable before the bytes it covers
      Given a simulated disk that holds the file "/root/a" with ""
      When "AFTER!" is written over "/root/a" in chunks of 2 bytes
      Then a power cut can leave "/root/a" with "", "AFTER!", "AF\0\0\0\0" and "\0\0TER!", but not with "AFTE"

    @CAT-SIM-5003
    Scenario: A name that was not synced may be lost although its file was
      Given a simulated disk with the directory "/root"
      When the file "/root/a" is made with "content" and synced without its directory
      Then a power cut can leave "/root/a" missing
      And a power cut can leave "/root/a" with "content"
      And the disk can be left in 2 ways

    @CAT-SIM-5003
    Scenario: A directory whose name is lost takes all below it along
      Given a simulated disk with the directory "/root"
      When "/root/d" is made, and in it "/root/d/a" with "content", both synced but not "/root"
      Then a power cut can leave "/root/d" missing
      And a power cut can leave "/root/d/a" with "content"
      And the disk can be left in 2 ways

    @CAT-SIM-5003
    Scenario: What was synced is in every state that a crash can leave
      Then in 300 random histories nothing that was synced is missing after any crash

    @CAT-SIM-5003
    Scenario Outline: A rename over a name leaves the old file or the new one under it: <mode>
      Given a simulated disk that holds the file "/root/a" with "old"
      And the simulated disk holds the file "/root/temp" with "new"
      When "/root/temp" is renamed to "/root/a"
      Then a power cut with the rename "<mode>" leaves "/root/a" with "<content>" and "/root/temp" <source>

      Examples:
        | mode            | content | source  |
        | lost            | old     | there   |
        | kept            | new     | missing |
        | source-kept     | new     | there   |
        | destination-old | old     | missing |

    @CAT-SIM-5003
    Scenario: A rename over a name never leaves neither
      Given a simulated disk that holds the file "/root/a" with "old"
      And the simulated disk holds the file "/root/temp" with "new"
      When "/root/temp" is renamed to "/root/a"
      Then no power cut leaves "/root/a" missing
      And the disk can be left in 4 ways

    @CAT-SIM-5003
    Scenario: A rename between directories is settled side by side
      Given a simulated disk that holds the file "/from/a" with "content"
      And the simulated disk holds the file "/to/other" with "content"
      When "/from/a" is renamed to "/to/a"
      And the directory "/to" is synced
      Then no power cut leaves "/to/a" missing
      And the disk can be left in 2 ways

    @CAT-SIM-5003
    Scenario: A killed process loses its handles and locks, and the disk nothing
      Given a simulated disk that holds the file "/root/a" with "before"
      When another process locks "/root/a", writes "after!" into it and is killed
      Then "/root/a" can be locked and reads "after!"
      And the killed process can do nothing more
      But a power cut can leave "/root/a" with "before"

    @CAT-SIM-5003
    Scenario: After a kill alone everything visible is there
      Given a simulated disk of the profile "process-kill" that holds the file "/root/a" with "before"
      When "AFTER!" is written over "/root/a" in chunks of 2 bytes
      Then the disk can be left in 1 way
      And a power cut can leave "/root/a" with "AFTER!"

    @CAT-SIM-5003
    Scenario: A lying disk loses what was synced
      Given a simulated disk of the profile "liar" that holds the file "/root/a" with "before"
      When "AFTER!" is written over "/root/a" in chunks of 2 bytes
      And the file "/root/a" is synced
      Then a power cut can leave "/root/a" with "before"

    @CAT-SIM-5003
    Scenario: An honest disk keeps what was synced
      Given a simulated disk that holds the file "/root/a" with "before"
      When "AFTER!" is written over "/root/a" in chunks of 2 bytes
      And the file "/root/a" is synced
      Then the disk can be left in 1 way
      And a power cut can leave "/root/a" with "AFTER!"

    @CAT-SIM-5003
    Scenario: The states of a crash are all there are, each once, and each can be had again
      Then in 300 random histories the states are those of every choice, each once, and a printed choice brings its state back

    @CAT-SIM-5003
    Scenario: Beyond the bound the states are drawn, and say so
      Given a simulated disk that holds the file "/root/a" with ""
      When "0123456789012345678901234567890123456789" is written over "/root/a" in chunks of 2 bytes
      Then the states of a crash are "sampled", and every prefix is among them

  Rule: A fault strikes one kind of step, at the step it was set for

    @CAT-SIM-5004
    Scenario: Without a fault all steps succeed
      Given a simulated disk with the directory "/root"
      When five files are written, synced and renamed
      Then none of the steps failed

    @CAT-SIM-5004
    Scenario Outline: A fault on <kind> counts <kind> alone
      Given a simulated disk with the directory "/root"
      And the next <nth>. step of the kind <kind> is to fail
      When five files are written, synced and renamed
      Then step <nth> of the kind <kind> failed with "EIO", and no other

      Examples:
        | kind        | nth |
        | Rename      | 1   |
        | PersistTemp | 2   |
        | Write       | 3   |
        | Sync        | 5   |

    @CAT-SIM-5004
    Scenario: A fault comes before the effect, or after it
      Given a simulated disk that holds the file "/root/a" with "content"
      Then a fault on its removal leaves it there, and a fault after its removal does not

    @CAT-SIM-5004
    Scenario: A fault that stays strikes until it is disarmed
      Given a simulated disk that holds the file "/root/a" with "content"
      Then a fault that stays with "ENOSPC" strikes 3 times in a row, and no more once it is disarmed
