@etcd
Feature: The catalog of a fleet in an etcd

  Background:
    Given an etcd server

  Rule: It is a catalog among others on its etcd

    @CAT-FLT-7009
    Scenario: Catalogs whose names begin alike know nothing of each other
      Given a catalog under each of "alike", "alike0", "alik" and "alike r"
      When a model is put into each
      Then each has its own model alone, and tells of it alone

    @CAT-FLT-7009
    Scenario: Ids that mean something elsewhere are ids like any other
      When models of these ids are put into the fleet catalog:
        | '; DROP TABLE entry; -- |
        | lineage                 |
        | r/models/lineage        |
        | head                    |
        | %00                     |
        | {"$ne":1}               |
        | 漢字/é/🚀               |
        | �                       |
      Then each of them comes back as it was, from a list too

    @CAT-FLT-7009
    Scenario Outline: A record of 1 MiB of <filler> is kept and has a history, and a byte more is refused
      When a record of 1048576 bytes of "<filler>" is put twice
      Then it comes back as it was, from a list, a watch and the history too
      When a record of 1048577 bytes is put
      Then it is refused as too large, with its size

      Examples:
        | filler |
        | x      |

    @CAT-FLT-7009
    Scenario: A list of many is one moment, whatever is changed meanwhile
      When 300 models are changed one after the other while lists are read
      Then each list shows the changes up to some moment and none after it

    @CAT-FLT-7009
    Scenario: Who only reads makes nothing and changes nothing
      Then a client that only reads finds nothing, makes nothing, and a put by it is refused with ReadOnly

    @CAT-FLT-7009
    Scenario: Of several members one that does not answer is passed over
      When a client opens the catalog with members of which the first does not answer
      Then it can be used

  Rule: A change is made once, whoever hears of it

    @CAT-FLT-7009 @CAT-FLT-7003
    Scenario: What was refused is not done when it arrives late
      When a put is kept back on its way until another has taken a name that cannot be told from it
      Then it is refused as AlreadyExists
      When the other is deleted, and what was kept back arrives
      Then nobody has the model that was refused

    @CAT-FLT-7009 @CAT-FLT-7003
    Scenario: Where nobody answers any more the client is told that nobody knows
      When a put is cut off after the etcd has it, and nobody answers from then on
      Then it is refused as CommitUnknown

  Rule: What the etcd forgets is not forgotten

    @CAT-FLT-7009 @CAT-FLT-7004
    Scenario: Who comes late is told all that happened
      When 300 changes are made and then forgotten by the etcd
      Then who watches after change 1 is told all others once and in order
      And who watches after change 299 is told all others once and in order

    @CAT-FLT-7009 @CAT-FLT-7004
    Scenario: Who was away is told all that happened
      When what comes next is forgotten by the etcd while a watcher is cut off
      Then the watcher is told it all the same, once and in order

  Rule: It is told what a server is that cannot be used

    @CAT-FLT-7009 @CAT-FLT-7005
    Scenario Outline: An etcd of version <version> is WeakServer
      When a client opens the catalog in what answers as an etcd of version "<version>"
      Then it is refused as WeakServer

      Examples:
        | version |
        | 3.3.27  |
        | 2.3.8   |

    @CAT-FLT-7009
    Scenario Outline: What answers with status <status> and is no etcd is told as that
      When a client opens the catalog where something answers with status <status>
      Then it is refused as IoError

      Examples:
        | status |
        | 200    |
        | 404    |
        | 500    |

    @CAT-FLT-7009
    Scenario: An etcd that does not answer is IoError after as long as the client waits, without its password
      When a client opens the catalog where nobody answers
      Then it is refused with IoError, and nobody sees "very-secret"

    @CAT-FLT-7009
    Scenario Outline: <url> names no etcd
      When a client opens the url "<url>"
      Then it is refused with InvalidArgument, and nobody sees "very-secret"

      Examples:
        | url                                    |
        | etcd://                                |
        | redis://a:very-secret@localhost/x      |
        | etcd://a:very-secret@local host:1/x    |
        | etcd://a:very-secret@localhost:99999/x |
        | etcd://a:%ffvery-secret@localhost/x    |

    @CAT-FLT-7009
    Scenario Outline: A catalog that says <value> of itself is <code>
      When a client opens a catalog of which 'lineage' is '<value>'
      Then it is refused as <code>

      Examples:
        | value                          | code                     |
        | {"schema":2,"lineage":"x"} | SchemaVersionUnsupported |
        | nonsense                       | IndexCorrupt             |

    @CAT-FLT-7009
    Scenario Outline: <value> in place of a record is damage
      When somebody writes '<value>' over a model of the fleet catalog
      Then it is refused as IndexCorrupt

      Examples:
        | value           |
        | nonsense        |
        | {"id":"a"}  |

  Rule: An etcd that asks for names is told them

    @CAT-FLT-7009
    Scenario Outline: "<user>" with "<password>" is PermissionDenied
      Given an etcd that asks everybody for a name, with a catalog in it
      When "<user>" opens it with "<password>"
      Then it is refused with PermissionDenied, and nobody sees "<password>"

      Examples:
        | user | password     |
        | root | wrong-secret |
        | ann  | her-secret   |

    @CAT-FLT-7009
    Scenario: Who has no name is PermissionDenied
      Given an etcd that asks everybody for a name, with a catalog in it
      When "" opens it with ""
      Then it is refused as PermissionDenied

    @CAT-FLT-7009
    Scenario: Who may read reads, and a put by it is PermissionDenied
      Given an etcd that asks everybody for a name, with a catalog in it
      When "reader" opens it with "reader-secret"
      Then what is there is read, and a put is refused with PermissionDenied

    @CAT-FLT-7009
    Scenario: Who was let in is let in again when the etcd comes back
      Given an etcd that asks everybody for a name, with a catalog in it
      When "root" opens it with "root-secret"
      And the etcd is killed and comes back
      Then it can be used
