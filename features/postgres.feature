@postgres @slow
Feature: The catalog of a fleet in PostgreSQL

  Many machines share one catalog on a server that is there already. Whatever becomes of the server or the way to it, what was
  acknowledged is kept, is done once, and is told to whoever watches.

  Background:
    Given a PostgreSQL server

  @CAT-FLT-7001
  Rule: It keeps what every store promises

    Scenario: The conformance kit finds nothing that is not kept
      When the conformance kit is run on the server at the levels core and history
      Then every promise is kept that the store claims

    @full
    Scenario: The conformance kit finds nothing that is not kept at any level
      When the conformance kit is run on the server
      Then every promise is kept that the store claims

    Scenario: Ids and values that mean something to a server are as any other
      Given a catalog of the fleet on it
      When models with hostile ids and values are put
      Then each is there as it was put, and is found by its id alone
      And who asks for an id that there cannot be is told of none

    Scenario Outline: A note that no server can keep fails nobody else: <what>
      Given a catalog of the fleet on it
      When a model is put with <what>, and another at the same time
      Then the one is refused as InvalidArgument, and the other is there

      Examples:
        | what                               |
        | a reason with a NUL                |
        | an operation id of 5000 characters |
        | a lease with a NUL                 |

    Scenario: Those who come first at the same time make one catalog
      When 6 open the catalog at the same time, where there is none yet
      Then all of them have written into one catalog

    Scenario: Who opens it to read changes nothing
      Given a catalog of the fleet on it
      When a handle is opened to read only, and puts a model
      Then it is refused as ReadOnly

    Scenario: A closed handle ends its watches, and refuses
      Given a catalog of the fleet on it
      When it is closed, and used
      Then it can be closed again

    Scenario: The history tells who made a change, what for and because of what
      Given a catalog of the fleet on it
      When models are put with and without a note of what they are put for
      Then the history tells who made each change, what for and because of what

    Scenario: What was there is told for every moment
      Given a catalog of the fleet on it
      When 5 models are put into the catalog
      Then what was there at each revision and at each time is told as it was

    Scenario: What nodes hold is beside the models, and has no history
      Given a catalog of the fleet on it
      When two nodes say what they hold
      Then what they hold is listed and watched, and is no part of the history

    Scenario: The command keeps the records of a catalog on the server, and its blobs in the root
      When a model is added, listed, logged and removed by the command with the server as its store
      Then each verb did what it does elsewhere

    Scenario: A root that has a catalog of its own is not used for another
      Given a catalog of the fleet on it
      When it is opened as the store of a root that has a catalog of its own
      Then it is refused as StoreMismatch

    Scenario: Tables of a newer version are left alone
      Given a catalog of the fleet on it
      And its tables are of a newer version
      When it is opened
      Then it is refused as SchemaVersionUnsupported

    Scenario: A role that may only read is told so
      Given a catalog of the fleet on it
      When a role that may only read puts a model
      Then it is refused as PermissionDenied

    Scenario: A server that asks for a password says so to who has none
      Given a PostgreSQL server of its own
      And a catalog of the fleet on it
      When the server asks for a password from now on, and it is opened without one
      Then it is refused as PermissionDenied

    Scenario Outline: A password is told to nobody: <what>
      When a catalog is opened with a password, and <what>
      Then it is refused as <code>, without the password

      Examples:
        | what                     | code            |
        | nobody listens there     | IoError         |
        | the role is not known    | PermissionDenied |
        | the database is not there | NotFound       |
        | the URL is malformed     | InvalidArgument |

  @CAT-FLT-7002
  Rule: There is one order, without a gap

    Scenario: What is refused takes no revision
      Given a catalog of the fleet on it
      When changes are refused between others that are done
      Then the revisions are one after the other, without a gap

    Scenario: Many who write at the same time leave no gap
      Given a catalog of the fleet on it
      And somebody watches the models after 0
      When 4 handles put 12 models each at the same time
      Then the revisions are one after the other, without a gap
      And whoever watches is told every change once, in the order of revisions

    Scenario: A change that is held before its commit is not skipped
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      And somebody watches the models after 0
      When the put of "held" is held before it is committed, and that of "other" is asked for
      And the one that was held goes on
      Then whoever watches is told every change once, in the order of revisions
      And the revisions are one after the other, without a gap

  @CAT-FLT-7003
  Rule: What is asked for once is done once

    Scenario Outline: <what>, over a connection that is lost <when>
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      When <what> is asked for over a connection that is lost <when>
      Then it is acknowledged, and was made once

      Examples:
        | what                           | when                                  |
        | a put                          | before the server hears of the commit |
        | a put                          | before the commit is answered         |
        | a put                          | while the commit is on its way        |
        | a put that expects what it saw | before the commit is answered         |
        | a put that expects what it saw | while the commit is on its way        |
        | a put of what was not there    | before the commit is answered         |
        | a put of what was not there    | while the commit is on its way        |
        | a deletion                     | before the commit is answered         |
        | a deletion                     | while the commit is on its way        |

    Scenario: Where the server stays away, it is said that nobody knows
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut, which waits 300 ms for its server
      When a put is asked for, and the server is away from the commit on
      Then it is refused as CommitUnknown

    Scenario Outline: Whatever is wrong with a server that comes back, it is said that nobody knows: <what>
      Given a PostgreSQL server of its own
      And a catalog of the fleet on it
      And a handle on it over a connection that can be cut, which waits 4000 ms for its server
      When the answer to a put is lost, and the server comes back <what>
      Then it is refused as CommitUnknown

      Examples:
        | what                         |
        | without waiting for its disk |
        | as a standby                 |
        | and lets nobody in           |

    Scenario: What a server took over from before it was begun again is acknowledged when its standbys have it, too
      Given a PostgreSQL server of its own
      And a catalog of the fleet on it
      When a put waits for a standby that is away, and the server is killed and begun again
      Then it is acknowledged when no standby is waited for any more, and not before

    Scenario: What was done is known although its story was compacted meanwhile
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      When the answer to a deletion is lost, and its story is compacted away before anybody asks again
      Then the deletion is acknowledged as one of what was there

  @CAT-FLT-7004
  Rule: Who watches is told every change

    Scenario: Every change is told once, in order, whatever becomes of the connection
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      And somebody watches the models over the connection that can be cut after 0
      When 12 models are put, and all connections are cut after every third
      Then whoever watches is told every change once, in the order of revisions

    Scenario: Who is not woken finds out by looking
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      And the server wakes nobody who watches over the connection that can be cut
      And somebody watches the models over the connection that can be cut after 0
      When 3 models are put into the catalog
      Then whoever watches is told every change once, in the order of revisions

    Scenario: Many who watch with one handle are told alike
      Given a catalog of the fleet on it
      And 100 watch the models with one handle
      When 20 models are put into the catalog
      Then each of them is told every change once, in the order of revisions

    Scenario: Nobody who writes waits for a story that is compacted
      Given a catalog of the fleet on it
      When 10 models are put into the catalog
      And 10 models are put into the catalog
      And the story is compacted to its newest 5 revisions, and that is held up
      Then models can be put meanwhile, and in the end it is compacted

    Scenario: Who was there before what is kept begins again
      Given a catalog of the fleet on it
      When 10 models are put into the catalog
      And 10 models are put into the catalog
      And the story is compacted to its newest 5 revisions
      And the models are watched after 3
      Then it is refused as Compacted
      And after 0 all that is there is told, and what comes then
      And after 15 the newest changes are told

  @CAT-FLT-7005
  Rule: A server that would lose what it acknowledged is refused

    Scenario Outline: A server with <setting> = <value> is refused
      Given a PostgreSQL server of its own with <setting> = <value>
      When it is opened
      Then it is refused as WeakServer, because of <setting>

      Examples:
        | setting          | value |
        | fsync            | off   |
        | full_page_writes | off   |

    Scenario: A server in recovery is refused
      Given a PostgreSQL server of its own that is a standby
      When it is opened
      Then it is refused as WeakServer, because of in_recovery

    Scenario: A server that is too old is refused
      When a server says that it is PostgreSQL 12.22
      Then it is refused as WeakServer, because of server_version

    Scenario: A server that does not wait for its disk says so
      Given a PostgreSQL server of its own with synchronous_commit = off
      And a catalog of the fleet on it
      Then it claims that it is weakly durable

    Scenario: A server that grew weak is refused when it is back
      Given a PostgreSQL server of its own
      And a catalog of the fleet on it
      When the server is begun again with fsync = off
      And the handle that was open before is asked for "a"
      Then it is refused as WeakServer, because of fsync

  @CAT-FLT-7006
  Rule: A history that went back is refused

    Scenario: A server that was set back is refused by who saw more
      Given a PostgreSQL server of its own
      And a catalog of the fleet on it
      When 3 models are put into the catalog
      And the server is copied
      And 3 models are put into the catalog
      And the server is set back to the copy
      And the handle that was open before is asked for "m0"
      Then it is refused as HistoryRewound

    Scenario: Who watches a server that was set back is told
      Given a PostgreSQL server of its own
      And a catalog of the fleet on it
      And somebody watches the models
      When 3 models are put into the catalog
      And the server is copied
      And 3 models are put into the catalog
      And the server is set back to the copy
      Then whoever watches is refused as HistoryRewound

    Scenario Outline: Another catalog in the place of the one that was seen is refused: <what>
      Given a catalog of the fleet on it
      When 3 models are put into the catalog
      And the catalog is removed, and another is made in its place
      And the handle that was open before <what>
      Then it is refused as HistoryRewound

      Examples:
        | what               |
        | is asked for "m0"  |
        | lists its models   |
        | puts "m0"          |

    Scenario: Who saw a revision that there is not is refused
      Given a catalog of the fleet on it
      When 3 models are put into the catalog
      And the models are watched after 7
      Then it is refused as HistoryRewound

  @CAT-FLT-7007
  Rule: A lease is had by one, by the clock of the server

    Scenario: Somebody has it, and another waits
      Given a catalog of the fleet on it
      When "one" takes the lease "gc"
      And "two" takes the lease "gc"
      Then the refusal tells who has it

    Scenario: Each who takes it has a greater epoch
      Given a catalog of the fleet on it
      When "one" takes the lease "gc" for a moment, which passes
      And "two" takes the lease "gc"
      And "two" takes the lease "gc"
      And "two" releases it
      And "one" takes the lease "gc"
      Then each lease has a greater epoch than the one before it
      And "one" has the lease "gc"

    Scenario: Who lost it can neither renew it nor write under it
      Given a catalog of the fleet on it
      When "one" takes the lease "gc" for a moment, which passes
      And "two" takes the lease "gc"
      And the first holder renews it
      Then it is refused as Fenced
      When a model is put under the lease of "two"
      And a model is put under the lease of "one"
      Then it is refused as Fenced
      When a model is deleted under the lease of "one"
      Then it is refused as Fenced
      And the model "guarded" is there as "two" put it

    Scenario: Nobody writes under a lease that is over, although nobody else has it
      Given a catalog of the fleet on it
      When "one" takes the lease "gc" for a moment, which passes
      And a model is put under the lease of "one"
      Then it is refused as Fenced
      And nobody has the lease "gc"

    Scenario: Who writes under a lease is done before another has it
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      When a put under the lease "gc" is held before it is committed, and its lease is over
      Then another has the lease "gc" only when that put was made

  @CAT-FLT-7008
  Rule: No client is restarted because its server was

    Scenario: While nobody can connect a change waits
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      When nobody can connect for a while, and "patient" is put meanwhile over the connection that can be cut
      Then the model "patient" is there

    Scenario: Who waited for long enough is told
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      When it is opened while nobody can connect
      Then it is refused as IoError

    Scenario: A process that has nothing to do but to wait for a server is told that there is none
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      When every connection is cut as soon as it is made
      Then a process that opens the catalog there, and waits 300 ms for it, is refused as IoError

    Scenario: A server that falls silent keeps nobody from closing
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      And somebody watches the models over the connection that can be cut
      When the server falls silent
      Then the handle over the connection that can be cut is closed all the same

    Scenario: Those who wait for a silent server do not wait for each other
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut, which waits 300 ms for its server
      When the server falls silent
      And 20 ask over the connection that can be cut at the same time
      Then all of them are refused as IoError, and none had to wait for a connection of his own

    Scenario: Who watches a silent server is told
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut, which waits 300 ms for its server
      And somebody watches the models over the connection that can be cut
      When 1 models are put into the catalog
      Then whoever watches is told every change once, in the order of revisions
      When the server falls silent
      Then whoever watches is refused as IoError

    Scenario: A process ends when its handle is closed
      Given a catalog of the fleet on it
      Then a process that watched it, and closed it, ends by itself

    Scenario: A server that is killed under writers loses nothing that it acknowledged
      Given a PostgreSQL server of its own
      Then 8 writers of their own processes put models while the server is killed 2 times

    @full
    Scenario: A server that is killed again and again under writers loses nothing that it acknowledged
      Given a PostgreSQL server of its own
      Then 8 writers of their own processes put models while the server is killed 25 times
