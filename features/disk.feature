Feature: Disks, real and simulated

  Everything durable is done in steps of a disk. The simulated disk answers like the real one, and shows in addition what a power
  cut may leave, so that promises about crashes can be tried.

  Rule: Both disks answer alike

    @CAT-SIM-5001
    Scenario Outline: The <disk> disk keeps the contract
      When every case of the disk contract is run on the <disk> disk
      Then at least 62 cases were run and all of them held

      Examples:
        | disk      |
        | real      |
        | simulated |

    @CAT-SIM-5001 @slow
    Scenario: Random histories of steps give the same results and errors on both disks
      Then 400 random histories of up to 60 steps go alike on both disks

    @CAT-SIM-5001 @CAT-BLB-2102
    Scenario Outline: A sync that was begun early counts once, whatever comes after it: <change>
      When two files are synced together on the real disk, and <change> comes to the second before it is synced again
      Then the second was synced by the system as often as it was asked for

      Examples:
        | change       |
        | a write      |
        | a truncation |
        | a mode       |
        | nothing      |

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
    Scenario Outline: What was synced is in every state that a crash of a <profile> disk can leave
      Then in <histories> random histories on a disk of the profile "<profile>" nothing that was synced is missing after any crash

      Examples:
        | profile       | histories |
        | posix-weak    | 300       |
        | posix-ordered | 150       |
        | ext4-ordered  | 150       |
        | ntfs-like     | 150       |

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
    Scenario Outline: The states of a crash of a <profile> disk are all there are, each once, and each can be had again: <tails>
      Then in <histories> random histories on a disk of the profile "<profile>" with torn <tails> the states are those of every choice, each once, and a printed choice brings its state back

      Examples:
        | profile       | tails   | histories |
        | posix-weak    | zeros   | 300       |
        | posix-weak    | garbage | 100       |
        | posix-ordered | zeros   | 150       |
        | ext4-ordered  | zeros   | 150       |
        | ntfs-like     | zeros   | 150       |

    @CAT-SIM-5003
    Scenario: Beyond the bound the states are drawn, and say so
      Given a simulated disk that holds the file "/root/a" with ""
      When "0123456789012345678901234567890123456789" is written over "/root/a" in chunks of 2 bytes
      Then the states of a crash are "sampled", and every prefix is among them

  Rule: A disk that orders what it writes leaves less

    @CAT-SIM-5003
    Scenario Outline: Names survive a crash in the order in which they came, over the whole disk: <profile>
      Then in 200 random histories on a disk of the profile "<profile>" the names that survive were visible together at one moment
      But it is not so on a disk of the profile "posix-weak"

      Examples:
        | profile      |
        | ext4-ordered |
        | ntfs-like    |

    @CAT-SIM-5003
    Scenario: Names survive a crash in the order in which they came, in each directory
      Then in 200 random histories on a disk of the profile "posix-ordered" the names that survive were visible together at one moment in each directory
      But in each directory it is not so on a disk of the profile "posix-weak"

    @CAT-SIM-5003
    Scenario Outline: Two names made in one directory and one in another, of which none was synced: <profile>
      Given a simulated disk of the profile "<profile>" that holds the file "/one/old" with ""
      And the simulated disk holds the file "/two/old" with ""
      When the file "/one/a" is made with ""
      And the file "/one/b" is made with ""
      And the file "/two/c" is made with ""
      Then a power cut leaves the new names as one of: <names>

      Examples:
        | profile       | names                                              |
        | posix-weak    | none, a, b, c, a b, a c, b c, a b c                |
        | posix-ordered | none, a, c, a b, a c, a b c                        |
        | ext4-ordered  | none, a, a b, a b c                                |
        | ntfs-like     | none, a, a b, a b c                                |
        | process-kill  | a b c                                              |

    @CAT-SIM-5003
    Scenario Outline: A file that was renamed over another one without a sync: <profile>
      Given a simulated disk of the profile "<profile>" that holds the file "/root/a" with "old"
      When the file "/root/temp" is made with "1234"
      And "/root/temp" is renamed to "/root/a"
      Then a power cut leaves "/root/a" as one of: <contents>

      Examples:
        | profile       | contents                                         |
        | posix-ordered | "old", "", "1234", "12\0\0", "\0\034", "\0\0\0\0" |
        | ext4-ordered  | "old", "", "12", "1234"                          |
        | ntfs-like     | "old", "1234", "12\0\0", "\0\0\0\0"             |

    @CAT-SIM-5003
    Scenario Outline: Bytes beyond the end of a file that was synced, in chunks of 2: <profile>
      Given a simulated disk of the profile "<profile>" that holds the file "/root/a" with "abc"
      When "abcdEF" is written over "/root/a" in chunks of 2 bytes
      Then a power cut leaves "/root/a" as one of: <contents>

      Examples:
        | profile       | contents                                                                       |
        | posix-ordered | "abc", "abc\0\0\0", "abcd\0\0", "abc\0EF", "abcdEF"                            |
        | ext4-ordered  | "abc", "abc\0", "abcd", "abc\0EF", "abcdEF"                                    |
        | ntfs-like     | "abc", "abc\0\0\0", "abcd\0\0", "abcdEF"                                       |

    @CAT-SIM-5003
    Scenario Outline: A file that grew is seen longer only with the names that came before: <profile>
      Given a simulated disk of the profile "<profile>" that holds the file "/root/a" with "ab"
      When the file "/root/b" is made with ""
      And "abcd" is written over "/root/a" in chunks of 2 bytes
      Then the disk can be left in <ways> ways
      And whichever one change is kept leaves it in one of them

      Examples:
        | profile       | ways |
        | posix-ordered | 6    |
        | ext4-ordered  | 3    |
        | ntfs-like     | 4    |

    @CAT-SIM-5003
    Scenario Outline: Bytes written over others survive in any subset, and never as anything else: <profile>
      Given a simulated disk of the profile "<profile>" that holds the file "/root/a" with "abcd"
      When "ABCD" is written over "/root/a" in chunks of 2 bytes
      Then a power cut leaves "/root/a" as one of: "abcd", "ABcd", "abCD", "ABCD"

      Examples:
        | profile       |
        | posix-ordered |
        | ext4-ordered  |
        | ntfs-like     |

    @CAT-SIM-5003
    Scenario Outline: The sync of a file that changed takes earlier names of others along where there is a journal: <profile>
      Given a simulated disk of the profile "<profile>" that holds the file "/root/a" with "before"
      When the file "/root/b" is made with ""
      And "AFTER!" is written over "/root/a" in chunks of 2 bytes
      And the file "/root/a" is synced
      Then a power cut leaves "/root/b" as one of: <outcomes>

      Examples:
        | profile       | outcomes    |
        | posix-weak    | missing, "" |
        | posix-ordered | missing, "" |
        | ext4-ordered  | ""          |
        | ntfs-like     | ""          |

    @CAT-SIM-5003
    Scenario Outline: The sync of a file that did not change takes nothing along: <profile>
      Given a simulated disk of the profile "<profile>" that holds the file "/root/a" with "before"
      When the file "/root/b" is made with ""
      And the file "/root/a" is synced
      Then a power cut leaves "/root/b" as one of: missing, ""

      Examples:
        | profile      |
        | ext4-ordered |
        | ntfs-like    |

    @CAT-SIM-5003
    Scenario Outline: The sync of one file leaves the bytes of another one pending, but not that it was cut: <profile>
      Given a simulated disk of the profile "<profile>" that holds the file "/root/a" with "abcd"
      When "ABCD" is written over "/root/a" in chunks of 2 bytes
      And "/root/a" is cut to 2 bytes
      And the file "/root/b" is made with "other" and synced without its directory
      Then a power cut leaves "/root/a" as one of: "ab", "AB"
      And whichever one change is kept leaves it in one of them

      Examples:
        | profile      |
        | ext4-ordered |
        | ntfs-like    |

    @CAT-SIM-5003
    Scenario: A rename is durable in both directories once one of them was synced: posix-ordered
      Given a simulated disk of the profile "posix-ordered" that holds the file "/from/a" with "content"
      And the simulated disk holds the file "/to/other" with "content"
      When the file "/from/earlier" is made with ""
      And "/from/a" is renamed to "/to/a"
      And the directory "/to" is synced
      Then the disk can be left in 1 way
      And a power cut leaves "/to/a" as one of: "content"
      And a power cut leaves "/from/a" as one of: missing
      And a power cut leaves "/from/earlier" as one of: ""

    @CAT-SIM-5003
    Scenario: A disk like that of Windows opens a directory, syncs it not, and keeps names with the next file that is synced
      Given a simulated disk of the profile "ntfs-like" that holds the file "/root/a" with "before"
      When the file "/root/b" is made with ""
      Then syncing the directory "/root" is refused with "EPERM"
      And a power cut leaves "/root/b" as one of: missing, ""
      But the file "/root/c" is made with "" and synced without its directory
      And a power cut leaves "/root/b" as one of: ""

    @CAT-SIM-5004
    Scenario: A torn chunk may hold what nobody wrote, where that was asked for
      Given a simulated disk with torn garbage that holds the file "/root/a" with "abcd"
      When "ABCD" is written over "/root/a" in chunks of 2 bytes
      Then a power cut leaves "/root/a" in 16 ways, of which 7 hold what nobody wrote

    @CAT-SIM-5004
    Scenario: A disk that orders its writes leaves no garbage
      Then a disk of the profile "ext4-ordered" with torn garbage cannot be had

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
