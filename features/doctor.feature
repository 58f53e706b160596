Feature: Looking a catalog over

  Rule: Each finding is told with what to do about it, and nothing is changed

    @CAT-IDX-1107
    Scenario: A healthy catalog gives no finding
      Given a catalog to be looked over
      When it is looked over
      Then nothing is found, and it is well
      And looking it over changed nothing

    @CAT-IDX-1107
    Scenario Outline: <trouble> is found as <id>, of severity <severity>
      Given a catalog to be looked over
      And its trouble is <trouble>
      When it is looked over
      Then it is found as "<id>" of severity "<severity>" alone, with a remedy
      And looking it over changed nothing

      Examples:
        | trouble                     | id              | severity |
        | damaged models              | models-corrupt  | error    |
        | damaged engines             | engines-corrupt | error    |
        | a newer version of models   | newer-version   | error    |
        | a damaged catalog.json      | index-damaged   | warning  |
        | a catalog.json that lags    | index-lags      | warning  |
        | a temp that was left        | temp-left       | info     |

    @CAT-LCK-1207
    Scenario Outline: A <system> file system is told of
      Given a catalog to be looked over
      When it is looked over on a disk of type <type>
      Then it is found as "network-file-system" of severity "warning" alone, with a remedy

      Examples:
        | system | type       |
        | nfs    | 0x6969     |
        | smb2   | 0xfe534d42 |
        | lustre | 0x0bd00bd0 |
        | gpfs   | 0x47504653 |
        | fuse   | 0x65735546 |

    @CAT-LCK-1201
    Scenario: A machine without the kernel's lock is told of
      Given a catalog to be looked over
      When it is looked over on a machine without the kernel's lock
      Then it is found as "no-kernel-lock" of severity "warning" alone, with a remedy

    @CAT-IDX-1107
    Scenario: The command tells people in paragraphs and programs in a report, and changes nothing
      Given a catalog to be looked over
      Then the command finds nothing, and exits with 0
      Given its trouble is damaged models
      Then the command tells the damage with its remedy, and exits with 1
      And looking it over changed nothing
